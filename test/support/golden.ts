import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";

export const GOLDEN = join(import.meta.dirname, "../fixtures/golden");

/** Compares a rendered file with the one kept at test/fixtures/golden/`name`; `UPDATE_GOLDEN=1` rewrites it, for a person to read as a diff. */
export function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path), `${name} is new: write it with UPDATE_GOLDEN=1`).toBe(true);
  expect(text, `${name} differs; if that is meant, UPDATE_GOLDEN=1`).toBe(readFileSync(path, "utf8"));
}
