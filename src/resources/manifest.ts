import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import { READ_WITHIN } from "../remote/limits.ts";
import { command } from "./command.ts";
import { ADMIN_CONF, kubectl } from "./kubectl.ts";
import { type Change, defineResource } from "./resource.ts";

export interface ManifestArgs {
  readonly leader: Host;
  readonly name: string;
  /** Kubernetes objects, YAML. */
  readonly text: string;
}

/** How the objects differ, or why that is not known; undefined where they match. */
type Found = Pick<Change, "from" | "diff"> | undefined;

/** Objects in the cluster that match a manifest: compared by `kubectl diff` on the API server itself, written by `kubectl apply`. */
export const manifest = defineResource<ManifestArgs, Found>({
  kind: "manifest",
  name: ({ name }) => name,
  async read(_, { leader, text }) {
    // Run separately, with the manifest as its stdin: text that somebody else has written must not become part of a script.
    const script = `[ -f ${ADMIN_CONF} ] || exit 9\n${kubectl(leader, "diff -f -")}`;
    const { code, stdout, stderr } = await leader.connection.run(script, { input: text, within: READ_WITHIN });
    if (code === 0) return undefined;
    if (code === 9) return { from: "absent" };
    if (stdout !== "") return { from: "as below", diff: withoutFolders(stdout) };
    return { from: `not known: ${lastLine(stderr, "the API server does not answer")}` };
  },
  diff: (_, found) => (found ? [{ field: "objects", to: "applied", ...found }] : []),
  async apply(_, { leader, text }) {
    await command(leader, kubectl(leader, "apply -f - >/dev/null"), { input: text });
  },
});

/** kubectl prints its temporary folders and the time, which differ in every run. */
function withoutFolders(diff: string): string {
  return diff.replace(/^diff .*\n/gm, "").replace(/^(---|\+\+\+) \/tmp\/(?:LIVE|MERGED)-\d+\/(\S+).*$/gm, "$1 $2");
}
