import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { lastLines } from "../last-lines.ts";
import type { Result, RunOptions } from "../remote/connection.ts";

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
  return new TripodError("E_COMMAND", message ?? `a command failed with exit code ${result.code}`, {
    host: host.name,
    origin: host.machine.origin,
    why: `${lastLines(`${result.stdout}\n${result.stderr}`)}\n\n$ ${script.trim()}`,
    hint: "run the command above on the host to see it fail; fix the cause, then run Tripod again",
  });
}
