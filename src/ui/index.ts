import type { Mode } from "../engine/events.ts";
import { linesScreen } from "./lines.ts";
import { ndjsonScreen } from "./ndjson.ts";
import { paintFor } from "./paint.ts";
import type { Screen, Surface } from "./screen.ts";
import { treeScreen } from "./tree.ts";

export type { Screen, Surface } from "./screen.ts";

/** NDJSON where it was asked for, the tree on a terminal, lines in a log. A plan is lines everywhere: a tree has no room for diffs. */
export function screenFor(surface: Surface, options: { readonly json: boolean; readonly mode?: Mode }): Screen {
  if (options.json) return ndjsonScreen(surface.stdout);
  if (options.mode !== "plan" && isForPeople(surface)) return treeScreen(surface);
  return linesScreen(surface.stdout, paintFor(surface.stdout, surface.env));
}

/** A terminal that can move its cursor, and somebody before it: CI systems sometimes pretend to have one. */
function isForPeople({ stdout, env }: Surface): boolean {
  const inCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  return stdout.isTTY === true && env.TERM !== "dumb" && !inCi;
}
