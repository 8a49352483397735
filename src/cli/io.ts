import type { Readable, Writable } from "node:stream";
import { TripodError } from "../errors.ts";
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

export function processIo({ signal, handOver }: Interrupts): Io {
  const { stdout, stderr, stdin, env } = process;
  return { stdout: guarded(stdout), stderr: guarded(stderr), stdin, env, cwd: process.cwd(), signal, handOver };
}

/**
 * `tripod apply | head`: a reader that has seen enough is no reason to leave a cluster half built, so a broken pipe is silent.
 * Every other failure to write is handed to `fail`.
 */
export function outliveReader(stdout: Writable, fail: (error: TripodError) => void): void {
  stdout.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code === "EPIPE") return;
    fail(new TripodError("E_LOCAL", `cannot write to the standard output: ${cause.message}`, { cause }));
  });
}
