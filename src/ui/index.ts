import type { Mode } from "../engine/events.ts";
import { withDiffs } from "./changes.ts";
import { linesScreen } from "./lines.ts";
import { ndjsonScreen } from "./ndjson.ts";
import { paintFor } from "./paint.ts";
import { planScreen } from "./plan.ts";
import { type Screen, printableEvent, type Surface } from "./screen.ts";
import { treeScreen } from "./tree.ts";

export type { Screen, Surface } from "./screen.ts";

interface ScreenOptions {
  readonly json: boolean;
  readonly mode?: Mode;
  /** Also show the text of files that others may not read; never in NDJSON, which is stored. */
  readonly showSecrets?: boolean;
}

/** NDJSON if requested; a plan as changes with their diffs; an apply as the tree on a terminal, as lines in a log. */
export function screenFor(surface: Surface, options: ScreenOptions): Screen {
  if (options.json) return ndjsonScreen(surface.stdout);
  const screen = screenForPeople(surface, options.mode);
  const { showSecrets = false } = options;
  return {
    sink: (event) => {
      const visible = event.type === "resource.change" ? withDiffs(event, showSecrets) : event;
      screen.sink(printableEvent(visible));
    },
    finish: () => screen.finish(),
  };
}

function screenForPeople(surface: Surface, mode: Mode | undefined): Screen {
  const paint = paintFor(surface.stdout, surface.env);
  if (mode === "plan") return planScreen(surface.stdout, paint);
  return isInteractive(surface) ? treeScreen(surface) : linesScreen(surface.stdout, paint);
}

/** A terminal that has a size and can move its cursor, with a user: some CI systems pretend to have a terminal. */
function isInteractive({ stdout, env }: Surface): boolean {
  const inCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  return stdout.isTTY === true && stdout.columns !== 0 && env.TERM !== "dumb" && !inCi;
}
