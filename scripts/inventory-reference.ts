import { stringify } from "yaml";
import type { JsonSchema } from "../src/inventory/schema.ts";

type Property = readonly [name: string, schema: JsonSchema, required: boolean];
type Life = NonNullable<JsonSchema["x-life"]>;

const INTRODUCTION = `<!-- Generated from src/inventory by \`npm run generate\`: change it there. -->

# The inventory

One YAML file describes a cluster. Everything is strict: a key that is not on this page is a mistake, and
\`tripod validate -i FILE\` reports all mistakes at once, with line and column, without contacting any host.

- Durations have a unit: \`300ms\`, \`1.5s\`, \`10m\`, \`12h\`, \`30d\`.
- Paths are relative to the inventory's folder; \`~/\` is your home.
- Versions are text: quote them. YAML reads \`1.30\` as the number 1.3.
- Anchors and aliases work. Merge keys (\`<<\`) are not supported.
- The column *Changes* shows whether a key can be changed in an existing cluster. *any time*: an apply carries it out. *at creation*: it is
  fixed when the cluster is created, and another value is refused. *operator's side*: it sets how Tripod works, and changes nothing on any
  host.
- For completion in an editor, begin the file with \`# yaml-language-server: $schema=PATH\`, where PATH is the path of
  \`schema/inventory.schema.json\` (or of a file with the output of \`tripod schema\`).
`;

/** docs/inventory.md: every key, its type, its default, what it does, and an example. */
export function inventoryReference(schema: JsonSchema): string {
  const shown = new Set<string>();
  const sections = propertiesOf(schema).filter(
    ([name, { items, properties }]) => (items ?? properties) && name !== "workers",
  );
  return [
    INTRODUCTION,
    "## All sections\n",
    table(propertiesOf(schema)),
    ...sections.flatMap(([name, section]) => [
      `## ${section.items ? "masters and workers" : name}\n`,
      `${section.items ? "Each machine of both lists." : (section.description ?? "")}\n`,
      table(flattened(propertiesOf(section.items ?? section), shown, section["x-life"])),
      example(name, section),
    ]),
  ].join("\n");
}

function propertiesOf({ properties = {}, required = [] }: JsonSchema): Property[] {
  return Object.entries(properties).map(([name, schema]) => [name, schema, required.includes(name)]);
}

/** Maps within maps become dotted names; keys that such a map shares with one shown before are left out. */
function flattened(properties: readonly Property[], shown: Set<string>, life?: Life, prefix = ""): Property[] {
  const fresh = properties.filter(([name, schema]) => !prefix || !shown.has(JSON.stringify([name, schema])));
  for (const [name, schema] of fresh) shown.add(JSON.stringify([name, schema]));
  return fresh.flatMap(([name, schema, required]): Property[] => {
    const own = schema["x-life"] ?? life;
    return [
      [`${prefix}${name}`, own ? { ...schema, "x-life": own } : schema, required],
      ...flattened(propertiesOf(schema), shown, own, `${prefix}${name}.`),
    ];
  });
}

function table(properties: readonly Property[]): string {
  const rows = properties.map(([name, schema, required]) => {
    const [, does, fallback] = /^(.*?)(?: ?Default: (.*)\.)?$/.exec(schema.description ?? "") ?? [];
    const value = required ? "required" : (fallback ?? defaultOf(schema));
    const cells = [`\`${name}\``, typeOf(schema), value, schema["x-life"] ?? "", does ?? ""];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| Key | Type | Default | Changes | What it does |", "| --- | --- | --- | --- | --- |", ...rows, ""].join(
    "\n",
  );
}

function defaultOf(schema: JsonSchema): string {
  return schema.default === undefined || schema.properties ? "" : code(schema.default);
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(code).join(" or ");
  if (schema.type === "array") return `list of ${schema.items?.properties ? "machines" : typeOf(schema.items ?? {})}`;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(", or ");
  if (schema.minimum !== undefined) return `${schema.minimum} to ${schema.maximum ?? ""}`;
  return schema.title ?? { object: "map", boolean: "true or false", string: "text" }[schema.type ?? ""] ?? "anything";
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** A section with every key, from the examples and defaults of the schema. */
function example(name: string, section: JsonSchema): string {
  const value = section.items ? [exampleOf(section.items)] : exampleOf(section);
  const text = stringify({ [name]: value }, { lineWidth: 0 }).replace(/version: (.*)/, 'version: "$1"');
  return `\`\`\`yaml\n${text}\`\`\`\n`;
}

/** Keys that exclude another one. */
const INSTEAD_OF: Readonly<Record<string, string>> = { keys: "key", manifest: "cni", sha256: "cni", vagrant: "user" };

function exampleOf({ properties, examples, default: fallback, ...schema }: JsonSchema): unknown {
  if (!properties) return examples?.[0] ?? fallback;
  const entries = propertiesOf({ ...schema, properties }).filter(
    ([name]) => !Object.hasOwn(properties, INSTEAD_OF[name] ?? ""),
  );
  return Object.fromEntries(entries.map(([name, inner]) => [name, exampleOf(inner)]));
}
