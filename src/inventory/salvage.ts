import type { z } from "zod";
import type { Path } from "./problem.ts";
import { type Draft, draft } from "./schema.ts";

type Node = Record<string | number, unknown>;

/**
 * Removes everything that the schema refuses from an inventory until the rest is valid, so that one bad value does not keep the
 * rules from checking the others. Each round removes all issues that the schema reports; a later round finds those hidden behind them.
 */
export function salvage(value: unknown): Draft {
  const root: { inventory: unknown } = { inventory: structuredClone(value) };
  for (;;) {
    const { data, error } = draft.safeParse(root.inventory);
    if (data) return data;
    const places = error.issues.flatMap(offending).map((path) => placeOf(root, ["inventory", ...path]));
    for (const place of places) remove(root, place);
  }
}

function offending(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path as Path;
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

interface Place {
  readonly around: Node;
  readonly step: string | number;
}

/** The deepest thing on the path that exists and has a name, or is a machine. */
function placeOf(root: Node, path: Path): Place {
  let named = { around: root, step: path[0] ?? "" };
  let around = root;
  for (const [depth, step] of path.entries()) {
    if (!(step in around)) break;
    if (typeof step === "string" || depth === 2) named = { around, step };
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
