import type { Sink } from "../engine/events.ts";
import { printableWithin } from "../printable.ts";
import type { Output } from "./output.ts";

/** Shows a run: a fold of its events. `finish` must be awaited before anything else is printed. */
export interface Screen {
  readonly sink: Sink;
  finish(): Promise<void>;
}

/** What a screen needs from the process: a part of the command line's Io. */
export interface Surface {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Printed at the first Ctrl-C. The tree owns the terminal while it is shown, so it prints this itself. */
export const FINISHING = "finishing what is running; press Ctrl-C again to abort at once";

/** An event that is safe to show: nothing controls the terminal, and only the values of a change have several lines. */
export function printableEvent<Event extends object>(event: Event): Event {
  return printableWithin(event, ["from", "to", "diff"]);
}

/** ms as `12.3s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}s`;
}

/** `1 host`, `5 hosts`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
