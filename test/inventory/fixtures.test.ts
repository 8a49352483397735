import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";

const folder = new URL("../fixtures/inventory/", import.meta.url);
/** Each fixture's first comment is its story: a sentence about what it shows. */
function fixtures(kind: "valid" | "invalid"): [story: string, name: string, text: string][] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${kind}-`) && name.endsWith(".yaml"));
  return names.map((name) => {
    const text = readFileSync(new URL(name, folder), "utf8");
    return [/^# (.*)$/m.exec(text)?.[1] ?? name, name, text];
  });
}

describe("an inventory is accepted:", () => {
  it.each(fixtures("valid"))("%s", (_, name, text) => {
    expect(() => parseInventory(text, name)).not.toThrow();
  });
});

describe("an inventory is refused:", () => {
  it.each(fixtures("invalid"))("%s", async (_, name, text) => {
    const printed = refusal(() => parseInventory(text, name)).explain();
    await expect(`${printed}\n`).toMatchFileSnapshot(new URL(name.replace(".yaml", ".txt"), folder).pathname);
  });
});

function refusal(parse: () => unknown): InventoryErrors {
  try {
    parse();
  } catch (error) {
    if (error instanceof InventoryErrors) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
