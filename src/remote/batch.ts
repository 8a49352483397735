import { randomBytes } from "node:crypto";
import type { Connection, Result, RunOptions } from "./connection.ts";
import { OUTPUT, READ_WITHIN } from "./limits.ts";
import { quote } from "./shell.ts";

/** `maxOutput`: limit of this read's output, bytes; default 16 MiB. */
export type ReadOptions = Pick<RunOptions, "maxOutput">;

interface Read extends ReadOptions {
  readonly script: string;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Combines the reads of one tick into one command: all reads that are requested in one turn of the event loop, and in the promises
 * that it settles, are sent together. Each read runs in its own subshell with an empty stdin; a syntax error, an `exit` or an `exec`
 * in one does not affect the others. Nothing is written on the host. A read whose output is too long, or which does not end within
 * two minutes, fails all reads of its batch.
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
        // Without a closing frame the read has ended the whole shell, or was not reached. Reading twice is harmless.
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
