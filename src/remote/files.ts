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
  /** Called with the number of bytes sent so far, and the total. */
  progress?(sent: number, total: number): void;
}

/** Writes one file on a host atomically. @throws E_COMMAND */
export function putFile(connection: Connection, file: FileContent): Promise<void> {
  return putFiles(connection, [file]);
}

/**
 * Writes several files in one command. All are written next to their targets and verified by digest first; only then are they
 * renamed. If anything fails (a full disk, a lost connection), no old file is changed and no temporary file is left.
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
 * Sends a file of any size from this machine: it is read no faster than the host receives it, and its digest is computed while
 * sending. It is not compressed: on a LAN, gzip is slower (35–50 MB/s) than the transfer it saves (60–90 MB/s).
 * @throws E_LOCAL if it cannot be read, E_COMMAND if it cannot be written
 */
export async function putLocalFile(connection: Connection, file: LocalFile, signal?: AbortSignal): Promise<void> {
  const { size } = await stat(file.localPath).catch((cause: unknown) => {
    throw new TripodError("E_LOCAL", `cannot read ${file.localPath}`, {
      why: String(cause),
      hint: "check that it exists and that you may read it",
      cause,
    });
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
    ? "free space on that file system, then run the same command again"
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

/** Digests are sent with the content, not in the script: the digest of a short secret would reveal it. */
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
    'whole() { IFS= read -r want; [ "$(digest "$1")" = "$want" ] || { echo "it did not arrive completely" >&2; return 1; }; }',
    ...each(
      ({ path, size }, t) =>
        `${t}=$(mktemp -- ${quote(`${dirname(path)}/.tripod.XXXXXXXXXX`)}) && ${takeBytes(size)} >"$${t}" && whole "$${t}"`,
    ),
    ...each(
      ({ mode, owner = "root", group = "root" }, t) =>
        `${sh`chown -- ${`${owner}:${group}`}`} "$${t}" && chmod ${mode.toString(8)} "$${t}"`,
    ),
    // After a power loss the machine has the old file or the new one, never an empty one.
    `sync -- ${files.map((_, index) => `"$t${index}"`).join(" ")} || broken 'to disk'`,
    ...each(({ path }, t) => `mv -fT -- "$${t}" ${quote(path)}`),
  ].join("\n");
}
