import type { z } from "zod";
import type { Path } from "./problem.ts";
import { type Draft, draft } from "./schema.ts";

type Node = Record<string | number, unknown>;

/**
 * Takes out of an inventory whatever its schema refuses, until the rest is sound: so that one bad value does not keep the
 * rules from looking at the others. Every round removes something, so it ends.
 */
export function salvage(value: unknown): Draft {
  const root: { inventory: unknown } = { inventory: structuredClone(value) };
  for (;;) {
    const { data, error } = draft.safeParse(root.inventory);
    if (data) return data;
    const [issue] = error.issues;
    if (issue) for (const path of offending(issue)) remove(root, ["inventory", ...path]);
  }
}

function offending(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path as Path;
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

/** Removes the deepest thing on the path that exists and has a name. Machines are emptied, so that the others keep their places. */
function remove(root: Node, path: Path): void {
  let named = { around: root, step: path[0] ?? "" };
  let around = root;
  for (const [depth, step] of path.entries()) {
    if (!(step in around)) break;
    if (typeof step === "string" || depth === 2) named = { around, step };
    const inner = around[step];
    if (typeof inner !== "object" || inner === null) break;
    around = inner as Node;
  }
  if (named.around === root || typeof named.step === "number") named.around[named.step] = {};
  else Reflect.deleteProperty(named.around, named.step);
}
