import type { Path } from "./problem.ts";
import { type JsonSchema, schemaAt } from "./schema.ts";

/** What stands for a value that only the operator knows, by the title of its schema. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "IPv4 address": "ADDRESS",
  "address or hostname": "HOST",
  hostname: "NAME",
  name: "NAME",
};

/** YAML would read it as another type, or as a part of the grammar. */
const QUOTED = /^[\d.]+$|^(?:true|false|null|~)$|^$|[{}[\],#&*!|>'"%@`]|: |^[-?:] /;

/** `loadBalancer: { vip: ADDRESS }`: a key of an inventory, as it could be written there in one line. Undefined if nothing is known of it. */
export function keyWritten(path: Path): string | undefined {
  const text = valueWritten(schemaAt(path));
  if (text === undefined) return undefined;
  const key = path.at(-1);
  return typeof key === "string" ? `${key}: ${text}` : text;
}

/** Whether a map cannot do without the key at this path. */
export function isRequired(path: Path): boolean {
  return schemaAt(path.slice(0, -1))?.required?.includes(String(path.at(-1))) ?? false;
}

function valueWritten(schema: JsonSchema | undefined): string | undefined {
  if (!schema) return undefined;
  const { type, title = "", properties = {}, required = [], items, examples = [], enum: words = [] } = schema;
  const example = examples[0] ?? schema.default ?? words[0];
  if (type === "object" && required.length > 0) {
    const inner = required.map((key) => `${key}: ${valueWritten(properties[key]) ?? "…"}`);
    return `{ ${inner.join(", ")} }`;
  }
  if (type === "array" && (!Array.isArray(example) || example.length === 0)) {
    const item = valueWritten(items);
    return item === undefined ? undefined : `[${item}]`;
  }
  return PLACEHOLDERS[title] ?? (example === undefined ? undefined : flow(example));
}

/** A value in YAML's one-line form. */
function flow(value: unknown): string | undefined {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null)
    return typeof value === "string" && QUOTED.test(value) ? JSON.stringify(value) : String(value);
  const entries = Object.entries(value);
  return entries.length === 0
    ? undefined
    : `{ ${entries.map(([key, inner]) => `${key}: ${flow(inner) ?? "{}"}`).join(", ")} }`;
}
