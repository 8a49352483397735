import type { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { Sink } from "../engine/events.ts";

/** What shows a run to somebody: a fold of its events. `finish` must be awaited before anything else is printed. */
export interface Screen {
  readonly sink: Sink;
  finish(): Promise<void>;
}

/** What a screen needs of the process: a part of the command line's Io. */
export interface Surface {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Said at the first Ctrl-C. The tree owns the terminal while it stands, so it says this itself. */
export const FINISHING = "finishing what runs; Ctrl-C again aborts at once";

/** A line without control characters: what programs on the hosts print must not steer the operator's terminal. */
export function printable(line: string): string {
  return stripVTControlCharacters(line)
    .replaceAll("\t", "    ")
    .replace(/\p{Cc}/gu, "");
}

/** The first line, printable. */
export function oneLine(text: string): string {
  return printable(text.trim().split(/[\r\n]/, 1)[0] ?? "");
}

/** ms as `12.3s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}s`;
}

/** `1 host`, `5 hosts`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
