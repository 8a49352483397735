import { TripodError } from "../errors.ts";
import type { Result } from "./connection.ts";

const LAST_LINES = 12;

/** E_COMMAND with the last lines of a command's output. */
export function failed(host: string, message: string, result: Result, hint?: string): TripodError {
  const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-LAST_LINES).join("\n");
  return new TripodError("E_COMMAND", message, { host, why: said || `exit code ${result.code}`, hint });
}
