import type { Readable, Writable } from "node:stream";

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Everything a command may know of the process it runs in. Tests make their own; `main.ts` makes the real one. */
export interface Io {
  readonly stdout: Writable & Terminal;
  readonly stderr: Writable & Terminal;
  readonly stdin: Readable & Pick<Terminal, "isTTY">;
  readonly env: NodeJS.ProcessEnv;
  /** Relative paths on the command line start here. */
  readonly cwd: string;
  /** Aborted by the first Ctrl-C: begin nothing new, finish what is running. */
  readonly signal: AbortSignal;
}

export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, stdin, env } = process;
  return { stdout, stderr, stdin, env, cwd: process.cwd(), signal };
}
