import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { TripodError } from "../errors.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** The images of an archive on the operator's machine, in containerd's store for Kubernetes (namespace `k8s.io`). */
export const image = defineResource<
  { readonly archive: string; readonly name: string },
  { wanted: string[]; found: ReadonlySet<string> }
>({
  kind: "image",
  name: ({ name }) => name,
  async read(host, { archive }) {
    const [wanted, { stdout }] = await Promise.all([tagsOf(archive), host.read("ctr -n k8s.io images ls -q")]);
    return { wanted, found: new Set(stdout.split("\n")) };
  },
  diff: (_, { wanted, found }) =>
    wanted.filter((tag) => !found.has(tag)).map((tag) => ({ field: "image", from: "absent", to: tag })),
  async apply(host, { archive, name }, _, working) {
    working.progress(`importing ${name}`);
    await command(host, "ctr -n k8s.io images import -", {
      input: createReadStream(archive, { highWaterMark: 1 << 20 }),
    });
  },
});

const tags = new Map<string, Promise<string[]>>();

/** The image names in an archive, read once for each version of the file. */
async function tagsOf(archive: string): Promise<string[]> {
  const { mtimeMs } = await stat(archive);
  const version = `${archive} ${mtimeMs}`;
  const known = tags.get(version) ?? readTags(archive);
  tags.set(version, known);
  return known;
}

/** A docker archive (`docker save`) names its images in manifest.json, an OCI layout in index.json's annotations. */
async function readTags(archive: string): Promise<string[]> {
  const names =
    (await readMember(archive, "manifest.json", dockerTags)) ??
    (await readMember(archive, "index.json", ociNames)) ??
    [];
  if (names.length > 0) return names;
  throw new TripodError("E_LOCAL", `${archive} is not an image archive`, {
    why: "it has neither a manifest.json with RepoTags nor an index.json with image names",
    hint: "make it with `docker save`, `ctr images export` or `skopeo copy … docker-archive:FILE:NAME`",
  });
}

async function readMember(
  archive: string,
  member: string,
  parse: (text: string) => string[],
): Promise<string[] | undefined> {
  try {
    const { stdout } = await promisify(execFile)("tar", ["-xOf", archive, member]);
    return parse(stdout);
  } catch {
    return undefined;
  }
}

function dockerTags(text: string): string[] {
  return (JSON.parse(text) as { RepoTags?: string[] }[]).flatMap((entry) => entry.RepoTags ?? []);
}

function ociNames(text: string): string[] {
  const { manifests } = JSON.parse(text) as { manifests: { annotations?: Record<string, string> }[] };
  return manifests.flatMap(
    ({ annotations = {} }) =>
      annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"] ?? [],
  );
}
