import { rename, writeFile } from "node:fs/promises";

/** Writes a file in one go: whoever finds it finds all of it, however this process ends. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
