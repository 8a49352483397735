import type { Mode } from "../engine/events.ts";
import { asked } from "./changes.ts";
import { linesScreen } from "./lines.ts";
import { ndjsonScreen } from "./ndjson.ts";
import { paintFor } from "./paint.ts";
import { planScreen } from "./plan.ts";
import { type Screen, shown, type Surface } from "./screen.ts";
import { treeScreen } from "./tree.ts";

export type { Screen, Surface } from "./screen.ts";

interface ScreenOptions {
  readonly json: boolean;
  readonly mode?: Mode;
  /** The text of files that others may not read is shown too; never in NDJSON, which is kept. */
  readonly showSecrets?: boolean;
}

/** NDJSON where it was asked for; a plan as changes with their diffs; an apply as the tree on a terminal, as lines in a log. */
export function screenFor(surface: Surface, options: ScreenOptions): Screen {
  if (options.json) return ndjsonScreen(surface.stdout);
  const screen = screenForPeople(surface, options.mode);
  const { showSecrets = false } = options;
  return {
    sink: (event) => {
      const told = event.type === "resource.change" ? { ...event, changes: asked(event.changes, showSecrets) } : event;
      screen.sink(shown(told));
    },
    finish: () => screen.finish(),
  };
}

function screenForPeople(surface: Surface, mode: Mode | undefined): Screen {
  const paint = paintFor(surface.stdout, surface.env);
  if (mode === "plan") return planScreen(surface.stdout, paint);
  return isATerminal(surface) ? treeScreen(surface) : linesScreen(surface.stdout, paint);
}

/** A terminal that has a size and can move its cursor, and somebody before it: CI systems sometimes pretend to have one. */
function isATerminal({ stdout, env }: Surface): boolean {
  const inCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  return stdout.isTTY === true && stdout.columns !== 0 && env.TERM !== "dumb" && !inCi;
}
