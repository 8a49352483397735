import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { $ } from "zx";

/** Folders in which programs are searched: also those of an administrator, which `su` may omit. */
export const SEARCHED = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

export interface ProgramOptions {
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
  /** The signal on an abort, for programs that SIGTERM does not stop. */
  readonly killSignal?: NodeJS.Signals;
}

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of the operator's machine that is running. */
export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Never rejects: any exit code is a result. */
  readonly ended: Promise<ProgramResult>;
  /** Sends a signal to the program and everything it has started. */
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** Runs a program on the operator's machine; any exit code is a result. @throws the signal's reason */
export async function runProgram(argv: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const { signal, input, killSignal } = options;
  signal?.throwIfAborted();
  const program = start(argv, { stdin: input === undefined ? "ignore" : "pipe", signal, input });
  const stop = (): void => {
    if (killSignal) program.kill(killSignal);
  };
  signal?.addEventListener("abort", stop);
  const result = await program.ended.finally(() => signal?.removeEventListener("abort", stop));
  signal?.throwIfAborted();
  return result;
}

/** Starts a program on the operator's machine whose standard input stays open. */
export function startProgram(argv: readonly string[]): RunningProgram {
  return start(argv, { stdin: "pipe" });
}

/** Starts a program that outlives this process, with its output in a file. */
export function startDetached(argv: readonly string[], log: string): void {
  const [file = "", ...args] = argv;
  const output = openSync(log, "a");
  spawn(file, args, { detached: true, stdio: ["ignore", output, output] }).unref();
  closeSync(output);
}

/** Sends a signal to a process, or to a process group by its negative number; a process that has already ended is not an error. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

interface StartOptions extends Pick<ProgramOptions, "signal" | "input"> {
  readonly stdin: "ignore" | "pipe";
}

function start(argv: readonly string[], { stdin, signal, input }: StartOptions): RunningProgram {
  const shell = $({
    quiet: true,
    nothrow: true,
    // In its own process group: a terminal's Ctrl-C reaches only Tripod, which decides what happens.
    detached: true,
    stdio: [stdin, "pipe", "pipe"],
    env: { ...process.env, PATH: SEARCHED.join(":") },
    ...(signal && { signal }),
    ...(input !== undefined && { input }),
  });
  // exec: the program is then our direct child and the leader of its group, without a shell in between that could outlive us.
  const running = shell`exec ${argv}`;
  return {
    get stdin() {
      return running.stdin;
    },
    get stdout() {
      return running.stdout;
    },
    ended: running.then(({ exitCode, stdout, stderr }) => ({ code: exitCode ?? 255, stdout, stderr })),
    kill: (name) => {
      if (running.pid) kill(-running.pid, name);
    },
  };
}
