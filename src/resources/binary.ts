import { stat } from "node:fs/promises";
import { fileDigest } from "../file-digest.ts";
import { putLocalFile } from "../remote/files.ts";
import { DIGEST, sh } from "../remote/shell.ts";
import { defineResource } from "./resource.ts";

export interface BinaryArgs {
  /** On the operator's machine. */
  readonly localPath: string;
  readonly path: string;
  /** Others may replace it: only that there is a program counts. */
  readonly replaceable?: boolean;
}

/** A program from the operator's machine on the host, uploaded where its digest differs. */
export const binary = defineResource<BinaryArgs, { wanted: string; found: string }>({
  kind: "binary",
  name: ({ path }) => path,
  writes: ({ path }) => [path],
  async read(host, { localPath, path }) {
    const [wanted, { stdout }] = await Promise.all([
      digestOfLocal(localPath),
      host.read(`${DIGEST}\n${sh`[ -x ${path} ] && digest ${path}`}`),
    ]);
    return { wanted, found: stdout.trim() };
  },
  diff: ({ replaceable = false }, { wanted, found }) =>
    wanted === found || (replaceable && found !== "")
      ? []
      : [{ field: "sha256", from: found.slice(0, 12) || "absent", to: wanted.slice(0, 12) }],
  async apply(host, { localPath, path }, _, working) {
    let tenths = 0;
    const progress = (sent: number, total: number) => {
      if (Math.floor((10 * sent) / total) === tenths) return;
      tenths = Math.floor((10 * sent) / total);
      working.progress(`uploading ${path}: ${tenths * 10} %`);
    };
    await putLocalFile(host.connection, { localPath, path, mode: 0o755, progress }, working.signal);
  },
});

const digests = new Map<string, Promise<string>>();

/** The digest of a file on the operator's machine; computed once for each version of it, for all hosts. */
async function digestOfLocal(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  const version = `${path} ${mtimeMs} ${size}`;
  const known = digests.get(version) ?? fileDigest(path);
  digests.set(version, known);
  return known;
}
