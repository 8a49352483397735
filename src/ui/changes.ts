import type { Change } from "../engine/events.ts";
import { bounded, printable } from "../printable.ts";
import type { Paint } from "./paint.ts";

/** One line per field that differs: `mode: 600 → 644`, or the lines of the diff. */
export function changeLines(changes: readonly Change[]): string[] {
  return changes.flatMap(lines).map((line) => bounded(line.replaceAll("\t", "    ")));
}

/** An event without the secret diffs of files that others may not read; with `showSecrets` they become ordinary diffs. */
export function withDiffs<E extends { readonly changes: readonly Change[] }>(event: E, showSecrets: boolean): E {
  const changes = event.changes.map(({ secret, ...change }) =>
    showSecrets && secret ? { field: change.field, diff: secret.reveal() } : change,
  );
  return { ...event, changes };
}

/** Only changes of existing values: a log does not list the fields of new resources. */
export function replacements(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ from, diff }) =>
    diff === undefined ? from !== undefined && from !== ABSENT : /^-(?!--)/m.test(diff),
  );
}

/** `+` is created, `-` is removed, `~` is changed. */
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

/** The value that resources report for what does not exist. */
const ABSENT = "absent";

function lines({ field, from, to, diff }: Change): string[] {
  if (diff !== undefined) return printable(diff).trimEnd().split("\n");
  const after = to ?? ABSENT;
  return printable(`${field}: ${from === undefined || from === ABSENT ? after : `${from} → ${after}`}`).split("\n");
}

function isNewFile(diff: string): boolean {
  return diff.startsWith("--- /dev/null");
}
