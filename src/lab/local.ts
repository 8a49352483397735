import { $ } from "zx";
import { TripodError } from "../errors.ts";
import { kill } from "./kill.ts";

/** Folders in which programs are searched: also those of an administrator, which `su` may omit. */
export const SEARCHED = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

export interface LocalOptions {
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
  /** The signal on an abort, for programs that SIGTERM does not stop. */
  readonly killSignal?: NodeJS.Signals;
  /** The error's message; default: the program's name and "failed". */
  readonly failing?: string;
  readonly hint?: string;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on the operator's machine; any exit code is a result. */
export async function attempt(argv: readonly string[], options: LocalOptions = {}): Promise<Outcome> {
  const { signal, input, killSignal } = options;
  signal?.throwIfAborted();
  const stdin = input === undefined ? "ignore" : "pipe";
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
  const stop = (): void => {
    if (killSignal && running.pid) kill(-running.pid, killSignal);
  };
  signal?.addEventListener("abort", stop);
  const { exitCode, stdout, stderr } = await running.finally(() => signal?.removeEventListener("abort", stop));
  signal?.throwIfAborted();
  return { code: exitCode ?? 255, stdout, stderr };
}

/**
 * Runs a program on the operator's machine and returns its standard output.
 * @throws TripodError E_LAB with the command and the last lines of its output
 */
export async function local(argv: readonly string[], options: LocalOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-15).join("\n");
  throw new TripodError("E_LAB", options.failing ?? `${argv[0] ?? ""} failed`, {
    why: `${argv.join(" ")}\n${said || `exit code ${code}`}`,
    ...(options.hint && { hint: options.hint }),
  });
}
