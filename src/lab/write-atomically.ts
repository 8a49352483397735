import { rename, writeFile } from "node:fs/promises";

/** Writes a file atomically: it is complete or unchanged, however this process ends. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
