import type { Change } from "../engine/events.ts";
import { bounded, printable } from "../printable.ts";
import type { Paint } from "./paint.ts";

/** What differs, a line each: `mode: 600 → 644`, or the lines of the diff. */
export function changeLines(changes: readonly Change[]): string[] {
  return changes.flatMap(lines).map((line) => bounded(line.replaceAll("\t", "    ")));
}

/** The changes as a screen shows them: the diffs of files that others may not read for whoever asked for them, and nobody else. */
export function asked(changes: readonly Change[], showSecrets: boolean): readonly Change[] {
  return changes.map(({ secret, ...change }) =>
    showSecrets && secret ? { field: change.field, diff: secret.reveal() } : change,
  );
}

/** Only what something existing was changed from: the fields of everything new would bury a log. */
export function replacements(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ from, diff }) =>
    diff === undefined ? from !== undefined && from !== ABSENT : /^-(?!--)/m.test(diff),
  );
}

/** `+` is made, `-` is taken away, `~` is changed. */
export function signOf(changes: readonly Change[]): "+" | "-" | "~" {
  if (changes.every(({ from, diff }) => (diff === undefined ? (from ?? ABSENT) === ABSENT : isNewFile(diff))))
    return "+";
  return changes.every(({ to, diff }) => diff === undefined && (to ?? ABSENT) === ABSENT) ? "-" : "~";
}

export function paintDiff(line: string, paint: Paint): string {
  if (/^(---|\+\+\+|@@)/.test(line)) return paint("dim", line);
  if (line.startsWith("+")) return paint("green", line);
  if (line.startsWith("-")) return paint("red", line);
  return line;
}

/** What resources say of what is not there. */
const ABSENT = "absent";

function lines({ field, from, to, diff }: Change): string[] {
  if (diff !== undefined) return printable(diff).trimEnd().split("\n");
  const after = to ?? ABSENT;
  return printable(`${field}: ${from === undefined || from === ABSENT ? after : `${from} → ${after}`}`).split("\n");
}

function isNewFile(diff: string): boolean {
  return diff.startsWith("--- /dev/null");
}
