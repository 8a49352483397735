import type { z } from "zod";
import type { Path } from "./problem.ts";
import { type Draft, draft } from "./schema.ts";

type Node = Record<string | number, unknown>;

export interface Salvaged {
  readonly draft: Draft;
  /** Whether the value at this path, `["loadBalancer", "subnet"]`, was given and refused: it is absent from the draft, but its default does not hold. */
  readonly refused: (path: Path) => boolean;
  /** Whether the inventory has this path; else the draft has the default there, if there is one. */
  readonly given: (path: Path) => boolean;
}

/**
 * Removes everything that the schema refuses from an inventory until the rest is valid, so that one bad value does not keep the
 * rules from checking the others. Each round removes all issues that the schema reports; a later round finds those hidden behind them.
 * @param doubled the keys that are written twice: they are removed too
 */
export function salvage(value: unknown, doubled: readonly Path[] = []): Salvaged {
  const root: { inventory: unknown } = { inventory: structuredClone(value) };
  const removed: Path[] = [];
  const removeAll = (paths: readonly Path[]) => {
    for (const place of paths.map((path) => placeOf(root, ["inventory", ...path]))) {
      remove(root, place);
      removed.push(place.path.slice(1));
    }
  };
  removeAll(doubled);
  for (;;) {
    const { data, error } = draft.safeParse(root.inventory);
    if (data)
      return {
        draft: withoutDefaults(data, removed),
        refused: (path) => removed.some((one) => begins(path, one)),
        given: (path) => at(value, path) !== undefined,
      };
    removeAll(error.issues.flatMap(offending));
  }
}

/** What was refused is absent, not its default: rules would compare that with the other keys, and one mistake would be reported as two. */
function withoutDefaults(data: Draft, removed: readonly Path[]): Draft {
  for (const path of removed) {
    const around = at(data, path.slice(0, -1));
    const last = path.at(-1);
    if (typeof around !== "object" || around === null || typeof last !== "string") continue;
    const inside = (around as Node)[last];
    if (path.length > 1) Reflect.deleteProperty(around, last);
    else if (typeof inside === "object" && !Array.isArray(inside)) (around as Node)[last] = {};
  }
  return data;
}

function offending(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path as Path;
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((around, step) => (around as Node | null | undefined)?.[step], value);
}

function begins(path: Path, beginning: Path): boolean {
  return beginning.every((step, depth) => path[depth] === step);
}

interface Place {
  readonly around: Node;
  readonly step: string | number;
  readonly path: Path;
}

/** The deepest thing on the path that exists and has a name, or is a machine. */
function placeOf(root: Node, path: Path): Place {
  let named: Place = { around: root, step: path[0] ?? "", path: path.slice(0, 1) };
  let around = root;
  for (const [depth, step] of path.entries()) {
    if (!(step in around)) break;
    if (typeof step === "string" || depth === 2) named = { around, step, path: path.slice(0, depth + 1) };
    const inner = around[step];
    if (typeof inner !== "object" || inner === null) break;
    around = inner as Node;
  }
  return named;
}

/** Machines are emptied instead of removed, so that the others keep their index. */
function remove(root: Node, { around, step }: Place): void {
  if (around === root || typeof step === "number") around[step] = {};
  else Reflect.deleteProperty(around, step);
}
