import { fstatSync, writeSync } from "node:fs";
import { type Readable, Writable } from "node:stream";
import { ERRORS, TripodError } from "../errors.ts";
import { guarded, type Output } from "../ui/output.ts";
import type { Interrupts } from "./interrupt.ts";

/** Everything a command may know of the process it runs in. Tests make their own; `main.ts` makes the real one. */
export interface Io extends Interrupts {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Readable & Pick<Output, "isTTY">;
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths on the command line start here. */
  readonly cwd: string;
}

/** @param stdout of the process: `standardOutput` */
export function processIo({ signal, handOver }: Interrupts, stdout: Writable): Io {
  const { stderr, stdin, env } = process;
  return { stdout: guarded(stdout), stderr: guarded(stderr), stdin, env, cwd: process.cwd(), signal, handOver };
}

export function standardOutput(): Writable {
  try {
    return fstatSync(1).isFile() ? new WholeFile(1) : process.stdout;
  } catch {
    return process.stdout;
  }
}

/**
 * A file that the standard output goes to. Node's own stream takes a short write for a whole one
 * (lib/internal/fs/sync_write_stream.js): on a disk that becomes full the rest would be lost without a word.
 */
class WholeFile extends Writable {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      for (let at = 0; at < chunk.length;) at += writeSync(this.#descriptor, chunk, at);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

/**
 * Where the standard output breaks off, the command goes on: a full disk or a reader that has seen enough (`tripod apply | head`) is
 * no reason to leave a cluster half built. Afterwards it is told, and no such command ends as if all were well.
 * @param tell is given every failure but a reader that went away, who wants to hear nothing
 * @returns the exit code that a command ends with, of the one that it would have ended with
 */
export function watchOutput(stdout: Writable, tell: (error: TripodError) => void): (exitCode: number) => number {
  let lost: NodeJS.ErrnoException | undefined;
  stdout.on("error", (cause: NodeJS.ErrnoException) => (lost ??= cause));
  return (exitCode) => {
    if (!lost) return exitCode;
    if (lost.code !== "EPIPE")
      tell(
        new TripodError("E_LOCAL", `cannot write to the standard output: ${lost.message}`, {
          hint: "what is there is cut off; `tripod report` tells of a run again",
          cause: lost,
        }),
      );
    return exitCode === 0 ? ERRORS.E_LOCAL.exit : exitCode;
  };
}
