import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { generated } from "../../scripts/generate.ts";
import { loadCluster, parseInventory } from "../../src/inventory/load.ts";
import { inventoryJsonSchema, type JsonSchema } from "../../src/inventory/schema.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const samples = readdirSync(new URL("inventories/", root)).map((name) => `inventories/${name}`);

describe("every sample inventory", () => {
  it.each(samples)("%s loads", async (path) => {
    await expect(loadCluster(new URL(path, root).pathname, { login: false })).resolves.toHaveProperty(
      "masters.length",
      3,
    );
  });

  it.each(samples)("%s opens with the line that names its schema for editors", (path) => {
    expect(read(path)).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/inventory\.schema\.json\n/);
  });

  it.each(samples)("%s is accepted by the schema that editors read", (path) => {
    const schema = JSON.parse(read("schema/inventory.schema.json")) as Parameters<typeof z.fromJSONSchema>[0];
    expect(z.fromJSONSchema(schema).safeParse(parse(read(path))).error).toBeUndefined();
  });
});

describe("the example", () => {
  const example = read("inventories/example.yaml");

  it("is valid as it is, on a machine without any key file", async () => {
    const file = new URL("inventories/example.yaml", root).pathname;
    await expect(loadCluster(file, { env: { HOME: "/nowhere" } })).resolves.toHaveProperty("name", "production");
  });

  it.each(keys(inventoryJsonSchema()))("shows %s", (key) => {
    expect(example).toMatch(new RegExp(`(?:^|[\\s{#-])${key}:`, "m"));
  });
});

describe("generated files", () => {
  it.each([...generated()])("%s is up to date (npm run generate)", (path, text) => {
    expect(read(path)).toBe(text);
  });

  it("the reference's examples together are an inventory", () => {
    const blocks = [...read("docs/inventory.md").matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block);
    expect(blocks.length).toBeGreaterThan(7);
    expect(parseInventory(`name: documented\n${blocks.join("")}`, "docs/inventory.md").name).toBe("documented");
  });
});

describe("every key", () => {
  it.each(described(inventoryJsonSchema()))("%s has its own description", (_, schema) => {
    expect(schema.description).toMatch(/^[\w`/].*\.$/);
  });
});

function keys(schema: JsonSchema): string[] {
  return [...new Set(described(schema).map(([path]) => path.split(".").at(-1) ?? ""))];
}

function described(schema: JsonSchema, prefix = ""): [path: string, schema: JsonSchema][] {
  return Object.entries({ ...schema.properties, ...schema.items?.properties }).flatMap(([name, inner]) => [
    [`${prefix}${name}`, inner],
    ...described(inner, `${prefix}${name}.`),
  ]);
}
