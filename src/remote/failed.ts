import { TripodError } from "../errors.ts";
import { lastLines } from "../last-lines.ts";
import type { Result } from "./connection.ts";

/** E_COMMAND with the last lines of a command's output. */
export function failed(host: string, message: string, result: Result, hint?: string): TripodError {
  const said = lastLines(result.stderr.trim() || result.stdout, 12);
  return new TripodError("E_COMMAND", message, { host, why: said || `exit code ${result.code}`, hint });
}
