import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Absolute path of a script in templates/lab: the same two steps up from src/lab and from dist/lab. */
export function labScript(name: string): string {
  return fileURLToPath(new URL(`../../templates/lab/${name}`, import.meta.url));
}

export function labScriptText(name: string): Promise<string> {
  return readFile(labScript(name), "utf8");
}
