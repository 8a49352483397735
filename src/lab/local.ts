import { $ } from "zx";
import { TripodError } from "../errors.ts";

export interface LocalOptions {
  readonly signal?: AbortSignal | undefined;
  readonly input?: string;
  /** The error's message; default: the program's name and "failed". */
  readonly failing?: string;
  readonly hint?: string;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on the operator's machine, whatever its exit code. */
export async function attempt(argv: readonly string[], options: LocalOptions = {}): Promise<Outcome> {
  const { signal, input } = options;
  signal?.throwIfAborted();
  const stdin = input === undefined ? "ignore" : "pipe";
  const shell = $({
    quiet: true,
    nothrow: true,
    stdio: [stdin, "pipe", "pipe"],
    ...(signal && { signal }),
    ...(input !== undefined && { input }),
  });
  // exec: the program is then our own child, with no shell between us that could outlive us.
  const { exitCode, stdout, stderr } = await shell`exec ${argv}`;
  signal?.throwIfAborted();
  return { code: exitCode ?? 255, stdout, stderr };
}

/**
 * Runs a program on the operator's machine and returns its standard output.
 * @throws TripodError E_LAB with the command and the last lines it said
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
