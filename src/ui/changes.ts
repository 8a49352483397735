import type { Change, Mode } from "../engine/events.ts";
import { printable } from "./screen.ts";

/**
 * What differs, a line each: `mode: 0644 → 0600`, or the lines of the diff. A plan shows all of it; an apply only what something
 * existing was changed from, because the fields of everything new would bury the log.
 */
export function changeLines(changes: readonly Change[], mode: Mode): string[] {
  return changes
    .filter((change) => mode === "plan" || replaces(change))
    .flatMap(lines)
    .map(printable);
}

function lines({ field, from, to, diff }: Change): string[] {
  if (diff !== undefined) return diff.trimEnd().split("\n");
  if (from === undefined) return [`${field}: ${to ?? "(absent)"}`];
  return [`${field}: ${from} → ${to ?? "(absent)"}`];
}

function replaces({ from, diff }: Change): boolean {
  return diff === undefined ? from !== undefined : /^-(?!--)/m.test(diff);
}
