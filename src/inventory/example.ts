import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** It comes with the package, wherever that is installed. */
const EXAMPLE = fileURLToPath(new URL("../../inventories/example.yaml", import.meta.url));

/**
 * The tail of a hint: where every key of an inventory can be looked up.
 * @param cwd where the hint will be read
 */
export function everyKey(cwd = process.cwd()): string {
  if (!existsSync(EXAMPLE)) return "`tripod schema` prints every key";
  const inside = relative(cwd, EXAMPLE);
  return `${inside.startsWith("..") ? EXAMPLE : inside} shows every key`;
}
