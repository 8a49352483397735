import { TripodError, type Origin } from "../errors.ts";
import { excerpt } from "./shell.ts";

/** What a command may say where nothing else is told, bytes of both outputs together. */
export const OUTPUT = 16 * 2 ** 20;

/** What a read may say that lists an object for each machine of a cluster, bytes: a Node has some 20 kB. */
export const LIST_OUTPUT = 256 * 2 ** 20;

/** How long a script that only reads may take, ms. Programs that ask over the network have shorter deadlines of their own. */
export const READ_WITHIN = 120_000;

/** The command that is spoken of. */
export interface About {
  readonly host: string;
  readonly origin?: Origin;
  readonly script: string;
}

/** E_COMMAND: a command said more than it may; the rest is not taken. */
export function tooMuch({ host, origin, script }: About, bytes: number): TripodError {
  const why = `it was ended; the command was:\n${excerpt(script)}`;
  const hint =
    "Run it by hand there: what makes it say so much? A login file that prints without an end looks like this too.";
  return new TripodError("E_COMMAND", `a command said more than ${bytes / 2 ** 20} MiB`, { host, origin, why, hint });
}

/** E_COMMAND: a command that was to be over soon is not. */
export function tooLong({ host, origin, script }: About, ms: number): TripodError {
  const why = `the command was:\n${excerpt(script)}`;
  const hint =
    "Run it by hand there: what does it wait for? A network file system whose server is gone, or a sick disk, holds up whoever reads from it.";
  return new TripodError("E_COMMAND", `a command did not end within ${ms / 1000} s`, { host, origin, why, hint });
}
