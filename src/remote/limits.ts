import { TripodError, type Origin } from "../errors.ts";
import { excerpt } from "./shell.ts";

/** Default limit of a command's output, bytes of stdout and stderr together. */
export const OUTPUT = 16 * 2 ** 20;

/** Output limit of a read that lists an object for each machine of a cluster, bytes: a Node has about 20 kB. */
export const LIST_OUTPUT = 256 * 2 ** 20;

/** Time limit of a script that only reads, ms. Programs that use the network have shorter ones. */
export const READ_WITHIN = 120_000;

/** The command that an error refers to. */
export interface CommandInfo {
  readonly host: string;
  readonly origin?: Origin;
  readonly script: string;
}

/** E_COMMAND: a command's output exceeded its limit; the rest is discarded. */
export function tooMuch({ host, origin, script }: CommandInfo, bytes: number): TripodError {
  const why = `it was ended; the command was:\n${excerpt(script)}`;
  const hint =
    "run it by hand on the host to see what it prints; a login file that prints endlessly can be the cause too";
  return new TripodError("E_COMMAND", `a command printed more than ${bytes / 2 ** 20} MiB`, {
    host,
    origin,
    why,
    hint,
  });
}

/** E_COMMAND: a command exceeded its time limit. */
export function tooLong({ host, origin, script }: CommandInfo, ms: number): TripodError {
  const why = `the command was:\n${excerpt(script)}`;
  const hint =
    "run it by hand on the host to see what it waits for: often a network file system whose server is down, or a failing disk";
  return new TripodError("E_COMMAND", `a command did not end within ${ms / 1000} s`, { host, origin, why, hint });
}
