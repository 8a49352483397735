import type { z } from "zod";
import type { Path } from "./problem.ts";
import { type Draft, draft } from "./schema.ts";

type Node = Record<string | number, unknown>;

/**
 * Takes out of an inventory whatever its schema refuses, until the rest is sound: so that one bad value does not keep the
 * rules from looking at the others. A round removes all that it finds, and whatever is found in a later one was hidden behind it.
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

/** Machines are emptied, so that the others keep their places. */
function remove(root: Node, { around, step }: Place): void {
  if (around === root || typeof step === "number") around[step] = {};
  else Reflect.deleteProperty(around, step);
}
