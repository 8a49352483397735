import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Result, RunOptions } from "../remote/connection.ts";

/** How many of a failed command's last lines are shown. */
const LAST_LINES = 15;

/**
 * Runs a script that must succeed.
 * @throws TripodError E_COMMAND with the last lines it printed and the script, to be pasted
 */
export async function command(host: Host, script: string, options?: RunOptions): Promise<Result> {
  const result = await host.connection.run(script, options);
  if (result.code !== 0) throw commandFailed(host, script, result);
  return result;
}

export function commandFailed(host: Host, script: string, result: Result, message?: string): TripodError {
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-LAST_LINES).join("\n");
  return new TripodError("E_COMMAND", message ?? `a command failed with exit code ${result.code}`, {
    host: host.name,
    origin: host.machine.origin,
    why: `${said}\n\n$ ${script.trim()}`,
    hint: "run the command above on the host to see it fail; fix the cause, then run Tripod again",
  });
}

/** The last line that a program printed on why it failed. */
export function lastLine(stderr: string, otherwise: string): string {
  return stderr.trim().split("\n").at(-1) || otherwise;
}
