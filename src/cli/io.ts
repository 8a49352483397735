import { fstatSync, writeSync } from "node:fs";
import { type Readable, Writable } from "node:stream";
import { ERRORS, TripodError } from "../errors.ts";
import { guarded, type Output } from "../ui/output.ts";
import type { Interrupts } from "./interrupt.ts";

/** Everything a command may use of its process. Tests create their own; `main.ts` creates the real one. */
export interface Io extends Interrupts {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Readable & Pick<Output, "isTTY">;
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths on the command line are relative to this folder. */
  readonly cwd: string;
}

/** @param stdout of the process: `standardOutput` */
export function processIo({ signal, handOver }: Interrupts, stdout: Writable): Io {
  const { stderr, stdin, env } = process;
  return { stdout: guarded(stdout), stderr: guarded(stderr), stdin, env, cwd: process.cwd(), signal, handOver };
}

export function standardOutput(): Writable {
  try {
    return fstatSync(1).isFile() ? new FileOutput(1) : process.stdout;
  } catch {
    return process.stdout;
  }
}

/**
 * A file that the standard output is redirected to. Node's own stream does not check for short writes
 * (lib/internal/fs/sync_write_stream.js): on a disk that becomes full the rest would be lost silently.
 */
class FileOutput extends Writable {
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
 * If the standard output can no longer be written, the command continues: a full disk or a closed pipe (`tripod apply | head`) must
 * not leave a cluster half built. Afterwards the error is reported, and the exit code is not 0.
 * @param report is called with the error, except for a closed pipe
 * @returns from the exit code of the command the exit code of the process
 */
export function watchOutput(stdout: Writable, report: (error: TripodError) => void): (exitCode: number) => number {
  let lost: NodeJS.ErrnoException | undefined;
  stdout.on("error", (cause: NodeJS.ErrnoException) => (lost ??= cause));
  return (exitCode) => {
    if (!lost) return exitCode;
    if (lost.code !== "EPIPE")
      report(
        new TripodError("E_LOCAL", `cannot write to the standard output: ${lost.message}`, {
          hint: "the output is incomplete; `tripod report` shows a run again",
          cause: lost,
        }),
      );
    return exitCode === 0 ? ERRORS.E_LOCAL.exit : exitCode;
  };
}

/** Without a reader of its messages (`tripod apply 2>&1 | tee log`, and Ctrl-C ends tee) a command still finishes what it has begun. */
export function tolerateClosing(stderr: Writable): void {
  stderr.on("error", () => undefined);
}
