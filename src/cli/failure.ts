import { errorRecord } from "../engine/events.ts";
import { TripodError, TripodErrors } from "../errors.ts";
import { hanging, jsonText } from "../printable.ts";
import { paintFor } from "../ui/paint.ts";
import type { Io } from "./io.ts";

export interface FailureOptions {
  /** One JSON object instead of text: `{ message, errors: ErrorRecord[] }`. */
  readonly json: boolean;
  /** With the stack of an unexpected error. */
  readonly debug: boolean;
}

/** Read from the raw arguments, because the command line itself may be wrong. */
export function failureOptions(args: readonly string[], env: Io["env"]): FailureOptions {
  return { json: args.includes("--json"), debug: args.includes("--debug") || Boolean(env.TRIPOD_DEBUG) };
}

/** Prints the error on stderr and returns the exit code. Every error that is not a TripodError is a bug in Tripod. */
export function printFailure(error: unknown, io: Pick<Io, "stderr" | "env">, options: FailureOptions): number {
  const expected = error instanceof TripodErrors || (error instanceof TripodError && error.code !== "E_INTERNAL");
  const failure = expected ? error : bug(error);
  if (options.json) {
    const errors = (failure instanceof TripodErrors ? failure.errors : [failure]).map(errorRecord);
    io.stderr.write(`${jsonText({ message: failure.message, errors })}\n`);
    return failure.exitCode;
  }
  const paint = paintFor(io.stderr, io.env);
  io.stderr.write(`${failure.explain().replace(/^\S.*/gm, (line) => paint("red", line))}\n`);
  if (options.debug && !expected) io.stderr.write(`${hanging(stackOf(error))}\n`);
  return failure.exitCode;
}

function bug(error: unknown): TripodError {
  const message = error instanceof Error ? error.message : String(error);
  return new TripodError("E_INTERNAL", `this is a bug in Tripod: ${message}`, {
    hint: "please report it, with the output of the same command with --debug",
    cause: error,
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
