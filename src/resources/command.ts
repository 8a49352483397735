import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { lastLines } from "../last-lines.ts";
import type { Result, RunOptions } from "../remote/connection.ts";

/** What to do next: a command's stdin is not shown, and without it the command cannot be run by hand. */
const BY_HAND = "run the command above on the host to see it fail; fix the cause, then run Tripod again";
const WITH_INPUT =
  "the command above reads its stdin from Tripod and cannot be run by hand; fix the cause, then run Tripod again";

/**
 * Runs a script that must succeed.
 * @throws TripodError E_COMMAND with the last lines it printed and the script, to be pasted where it has no input
 */
export async function command(host: Host, script: string, options?: RunOptions): Promise<Result> {
  const result = await host.connection.run(script, options);
  if (result.code !== 0)
    throw commandFailed(host, script, result, undefined, options?.input === undefined ? BY_HAND : WITH_INPUT);
  return result;
}

export function commandFailed(
  host: Host,
  script: string,
  result: Result,
  message?: string,
  hint = BY_HAND,
): TripodError {
  return new TripodError("E_COMMAND", message ?? `a command failed with exit code ${result.code}`, {
    host: host.name,
    origin: host.machine.origin,
    why: `${lastLines(`${result.stdout}\n${result.stderr}`)}\n\n$ ${script.trim()}`,
    hint,
  });
}
