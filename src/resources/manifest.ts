import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import { READ_WITHIN } from "../remote/limits.ts";
import { quote } from "../remote/shell.ts";
import { command } from "./command.ts";
import { customResourcesServed } from "./custom-resources.ts";
import { ADMIN_CONF, kubectl } from "./kubectl.ts";
import { withoutNoise } from "./manifest-diff.ts";
import { type ManifestDocument, manifestObjects } from "./manifest-objects.ts";
import { type Change, defineResource } from "./resource.ts";

export interface ManifestArgs {
  readonly leader: Host;
  readonly name: string;
  /** Kubernetes objects, YAML. */
  readonly text: string;
}

/** How the objects differ, or why that is not known; undefined where they match. */
type Found = Pick<Change, "from" | "diff"> | undefined;

/**
 * On the server: the annotation with which kubectl applies by itself has room for 256 KiB, and definitions of pod networks are larger. Fields that
 * somebody else has set to another value are ours again.
 */
const SERVER_SIDE = "--server-side --field-manager=tripod --force-conflicts -f -";

/** What other objects of a manifest may need: it exists, and the API server serves it, before they are applied. */
const FIRST = ["Namespace", "CustomResourceDefinition"];

/** Objects in the cluster that match a manifest: compared and written by the API server itself (server-side apply). */
export const manifest = defineResource<ManifestArgs, Found>({
  kind: "manifest",
  name: ({ name }) => name,
  async read(_, { leader, name, text }) {
    const documents = manifestObjects(name, text);
    const { first, rest } = inOrder(documents);
    const found = await Promise.all([first, rest].map((part) => compared(leader, part)));
    // What needs a namespace or a definition that does not exist yet cannot be compared, and does not exist either.
    const shown = found.flatMap((each) => each?.diff ?? []);
    if (shown.length > 0) return { from: "as below", diff: shown.join("") };
    return found.find((each) => each !== undefined) ?? notOurs(leader, documents);
  },
  diff: (_, found) => (found ? [{ field: "objects", to: "applied", ...found }] : []),
  async apply(_, { leader, name, text }, __, working) {
    const { first, rest } = inOrder(manifestObjects(name, text));
    await applied(leader, name, first);
    const served = first.flatMap(({ objects }) => objects.flatMap(({ serves }) => serves));
    if (served.length > 0) await working.wait(customResourcesServed(leader, served));
    await applied(leader, name, rest);
  },
});

/** Namespaces and definitions of custom resources, and what may be of them; each in the manifest's order. */
function inOrder(documents: readonly ManifestDocument[]): Record<"first" | "rest", ManifestDocument[]> {
  const isFirst = ({ objects }: ManifestDocument) => objects.every(({ kind }) => FIRST.includes(kind));
  return { first: documents.filter(isFirst), rest: documents.filter((document) => !isFirst(document)) };
}

async function compared(leader: Host, documents: readonly ManifestDocument[]): Promise<Found> {
  if (documents.length === 0) return undefined;
  // Run separately, with the manifest as its stdin: text that somebody else has written must not become part of a script.
  const script = `[ -f ${ADMIN_CONF} ] || exit 9\n${kubectl(leader, `diff ${SERVER_SIDE}`)}`;
  const { code, stdout, stderr } = await leader.connection.run(script, {
    input: joined(documents),
    within: READ_WITHIN,
  });
  if (code === 0) return undefined;
  if (code === 9) return { from: "absent" };
  if (code > 1 || stdout === "") return { from: `not known: ${lastLine(stderr, "the API server does not answer")}` };
  const diff = withoutNoise(stdout);
  return diff === "" ? undefined : { from: "as below", diff };
}

/**
 * Objects that nobody has applied as Tripod on the server: earlier versions let kubectl do it. They are as the manifest wants them; but a field
 * that a later manifest no longer has would belong to somebody else, and stay.
 */
async function notOurs(leader: Host, documents: readonly ManifestDocument[]): Promise<Found> {
  const columns = "custom-columns=NAME:.metadata.name,BY:.metadata.managedFields[*].manager";
  const script = kubectl(leader, `get -f - --ignore-not-found --no-headers -o ${quote(columns)}`);
  const { code, stdout, stderr } = await leader.connection.run(script, {
    input: joined(documents),
    within: READ_WITHIN,
  });
  if (code !== 0) return { from: `not known: ${lastLine(stderr, "the API server does not answer")}` };
  const others = stdout.split("\n").filter((line) => line.trim() !== "" && !/[\s,]tripod(,|\s*$)/.test(line));
  return others.length === 0 ? undefined : { from: `${others.length} of them applied by another program` };
}

async function applied(leader: Host, name: string, documents: readonly ManifestDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const script = kubectl(leader, `apply ${SERVER_SIDE} >/dev/null`);
  try {
    await command(leader, script, { input: joined(documents) });
  } catch (error) {
    if (!(error instanceof TripodError) || error.code !== "E_COMMAND") throw error;
    throw new TripodError("E_COMMAND", `the API server does not take the manifest ${name}`, {
      ...error.details,
      hint: "check that the manifest is for this version of Kubernetes; then run the same command again",
    });
  }
}

function joined(documents: readonly ManifestDocument[]): string {
  return documents.map(({ text }) => text).join("\n---\n");
}
