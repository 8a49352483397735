import { TripodError } from "../errors.ts";
import { lastLines } from "../last-lines.ts";
import { type ProgramOptions, runProgram } from "../process.ts";

export interface LocalOptions extends ProgramOptions {
  /** The error's message; default: the program's name and "failed". */
  readonly failing?: string;
  readonly hint?: string;
}

/**
 * Runs a program on the operator's machine and returns its standard output.
 * @throws TripodError E_LAB with the command and the last lines of its output
 */
export async function local(argv: readonly string[], options: LocalOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(argv, options);
  if (code === 0) return stdout;
  const said = lastLines(stderr.trim() || stdout);
  throw new TripodError("E_LAB", options.failing ?? `${argv[0] ?? ""} failed`, {
    why: `${argv.join(" ")}\n${said || `exit code ${code}`}`,
    ...(options.hint && { hint: options.hint }),
  });
}
