import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { TripodError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import type { Connection, RunOptions } from "./connection.ts";
import { bytesOf } from "./exchange.ts";
import { failed } from "./failed.ts";
import { DIGEST, quote, sh, takeBytes } from "./shell.ts";

interface FileTarget {
  /** Absolute; its directory must exist. */
  readonly path: string;
  /** Permission bits: 0o644. */
  readonly mode: number;
  /** Names on the host; default: root. */
  readonly owner?: string;
  readonly group?: string;
}

export interface FileContent extends FileTarget {
  readonly content: string | Buffer | Secret;
}

export interface LocalFile extends FileTarget {
  readonly localPath: string;
  /** Told how many bytes have left, of how many. */
  progress?(sent: number, total: number): void;
}

/** Writes one file on a host, whole or not at all. @throws E_COMMAND */
export function putFile(connection: Connection, file: FileContent): Promise<void> {
  return putFiles(connection, [file]);
}

/**
 * Writes several files in one command. All are brought beside their targets and compared by digest first; only then is each
 * moved into its place. Where anything fails (a full disk, a lost connection) no old file is touched and no new one is left.
 * @throws E_COMMAND
 */
export async function putFiles(connection: Connection, files: readonly FileContent[]): Promise<void> {
  if (files.length === 0) return;
  const contents = files.map((file) => bytesOf(file.content));
  const script = placing(files.map((file, index) => ({ ...file, size: contents[index]?.length ?? 0 })));
  const input = Buffer.concat(
    contents.flatMap((content) => [content, digestLine(createHash("sha256").update(content))]),
  );
  await place(connection, files, script, { input });
}

/**
 * Sends a file of this machine, of any size: it is read no faster than the host takes it, and its digest is computed on the way.
 * It is not compressed: on a LAN gzip takes longer (35–50 MB/s) than the bytes it saves (60–90 MB/s).
 * @throws E_LOCAL where it cannot be read, E_COMMAND where it cannot be written
 */
export async function putLocalFile(connection: Connection, file: LocalFile, signal?: AbortSignal): Promise<void> {
  const { size } = await stat(file.localPath).catch((cause: unknown) => {
    throw new TripodError("E_LOCAL", `cannot read ${file.localPath}`, { why: String(cause), cause });
  });
  const input = Readable.from(withDigest(file, size), { objectMode: false });
  await place(connection, [file], placing([{ ...file, size }]), { input, signal });
}

async function place(
  connection: Connection,
  files: readonly FileTarget[],
  script: string,
  options: RunOptions,
): Promise<void> {
  const result = await connection.run(script, options);
  if (result.code === 0) return;
  const hint = result.stderr.includes("No space left")
    ? "Make room on that file system, then run the same again."
    : undefined;
  throw failed(connection.name, `could not write ${files.map(({ path }) => path).join(", ")}`, result, hint);
}

async function* withDigest(file: LocalFile, size: number): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let sent = 0;
  for await (const chunk of createReadStream(file.localPath, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
    sent += chunk.length;
    file.progress?.(sent, size);
  }
  yield digestLine(hash);
}

/** Digests travel with the content, not in the script: that of a short secret would give it away. */
function digestLine(hash: ReturnType<typeof createHash>): Buffer {
  return Buffer.from(`${hash.digest("hex")}\n`);
}

/** stdin: for each file its bytes, then a line with their sha256. */
function placing(files: readonly (FileTarget & { size: number })[]): string {
  const each = (line: (file: FileTarget & { size: number }, temp: string) => string) =>
    files.map((file, index) => `{ ${line(file, `t${index}`)}; } || broken ${quote(file.path)}`);
  return [
    "umask 077",
    `trap 'rm -f -- ${files.map((_, index) => `"\${t${index}-}"`).join(" ")}' EXIT`,
    "trap 'exit 1' HUP INT PIPE TERM",
    'broken() { echo "cannot write $1" >&2; exit 1; }',
    DIGEST,
    'whole() { IFS= read -r want; [ "$(digest "$1")" = "$want" ] || { echo "it did not arrive whole" >&2; return 1; }; }',
    ...each(
      ({ path, size }, t) =>
        `${t}=$(mktemp -- ${quote(`${dirname(path)}/.tripod.XXXXXXXXXX`)}) && ${takeBytes(size)} >"$${t}" && whole "$${t}"`,
    ),
    ...each(
      ({ mode, owner = "root", group = "root" }, t) =>
        `${sh`chown -- ${`${owner}:${group}`}`} "$${t}" && chmod ${mode.toString(8)} "$${t}"`,
    ),
    // A machine that loses its power now has the old file or the new one, never an empty one.
    `sync -- ${files.map((_, index) => `"$t${index}"`).join(" ")} || broken 'to the disk'`,
    ...each(({ path }, t) => `mv -fT -- "$${t}" ${quote(path)}`),
  ].join("\n");
}
