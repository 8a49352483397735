import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { inventoryJsonSchema } from "../src/inventory/schema.ts";
import { SUPPORTED_MINORS } from "../src/inventory/sections/kubernetes.ts";
import { errorsReference } from "./errors-reference.ts";
import { inventoryReference } from "./inventory-reference.ts";
import { pictures } from "./pictures.ts";
import { preflightReference } from "./preflight-reference.ts";
import { versionsReference } from "./versions-reference.ts";

/** Every committed file that is made from the code, by its path. A test compares them with the disk. */
export function generated(): ReadonlyMap<string, string> {
  const schema = inventoryJsonSchema();
  return new Map([
    ["schema/inventory.schema.json", `${JSON.stringify(schema, null, 2)}\n`],
    ["docs/inventory.md", inventoryReference(schema)],
    ["docs/errors.md", errorsReference()],
    ["docs/preflight.md", preflightReference()],
    ["docs/versions.md", versionsReference(SUPPORTED_MINORS)],
    ...pictures(),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of generated()) await writeFile(new URL(`../${path}`, import.meta.url), text);
