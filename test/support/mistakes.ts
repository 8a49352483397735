import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";

const SOUND = readFileSync(new URL("../../inventories/ha-3x2.yaml", import.meta.url), "utf8");

export type Change = readonly [path: string, value: unknown];

/** What is wrong with a sound inventory (masters 10.0.0.11–13, workers 10.0.0.21–22, VIP 10.0.0.10) once it says this. */
export function mistakes(...changes: readonly Change[]): string[] {
  const document = parseDocument(SOUND);
  for (const [path, value] of changes) document.setIn(path.split(".").map(step), value);
  try {
    parseInventory(document.toString({ lineWidth: 0 }), "inventory.yaml");
    return [];
  } catch (error) {
    if (error instanceof InventoryErrors) return error.errors.map(({ message }) => message);
    throw error;
  }
}

const step = (name: string) => (/^\d+$/.test(name) ? Number(name) : name);
