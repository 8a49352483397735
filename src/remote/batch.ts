import { randomBytes } from "node:crypto";
import type { Connection, Result, RunOptions } from "./connection.ts";
import { OUTPUT, READ_WITHIN } from "./limits.ts";
import { quote } from "./shell.ts";

/** `maxOutput`: what this read may say, bytes; default 16 MiB. */
export type ReadOptions = Pick<RunOptions, "maxOutput">;

interface Read extends ReadOptions {
  readonly script: string;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Gathers the reads of one tick into one command. A tick lasts until the event loop comes round: whatever is asked for in
 * one turn, and in all promises that turn settles, travels together. Each read runs in a subshell of its own with an empty
 * stdin; a syntax error, an `exit` or an `exec` in one does not reach the others. Nothing is written on the host. A read that says more
 * than it may, or is not over within two minutes, is an error of all that travel with it.
 */
export function batchReads(connection: Connection): (script: string, options?: ReadOptions) => Promise<Result> {
  let waiting: Read[] = [];
  const send = () => {
    const reads = waiting;
    waiting = [];
    void readAll(connection, reads);
  };
  return (script, options) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ ...options, script, resolve, reject }) === 1) setImmediate(send);
    });
}

async function readAll(connection: Connection, reads: readonly Read[]): Promise<void> {
  try {
    const boundary = `tripod-${randomBytes(16).toString("hex")}`;
    const all = await connection.run(reads.map(({ script }) => framed(script, boundary)).join("\n"), {
      maxOutput: Math.max(...reads.map(({ maxOutput = OUTPUT }) => maxOutput)),
      within: READ_WITHIN,
    });
    const stdouts = all.stdout.split(boundary);
    const stderrs = all.stderr.split(boundary);
    await Promise.all(
      reads.map(async (read, index) => {
        const code = stdouts[2 * index + 1];
        const stdout = stdouts[2 * index];
        const stderr = stderrs[index];
        // Without a closing frame the read has taken the shell down with it, or was not reached. Reading twice does no harm.
        if (code === undefined || stdout === undefined || stderr === undefined)
          read.resolve(
            await connection.run(read.script, { input: "", maxOutput: read.maxOutput, within: READ_WITHIN }),
          );
        else read.resolve({ code: Number(code), stdout, stderr });
      }),
    );
  } catch (error) {
    for (const read of reads) read.reject(error);
  }
}

/** On stdout `…output…BcodeB`, on stderr `…output…B`, where B is the boundary. */
function framed(script: string, boundary: string): string {
  return `( eval ${quote(script)}\n) </dev/null; printf '${boundary}%d${boundary}' $?; printf ${boundary} >&2`;
}
