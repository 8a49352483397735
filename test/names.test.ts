import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

/**
 * Folders that are lists: each file exports the item that has the file's name, in camel case. Items of two lists may have the same name,
 * because the folder gives the meaning: the section, the phase and the scenario of one thing.
 */
const LISTS = ["drills/scenarios", "facts", "inventory/rules", "inventory/sections", "phases", "resources"];

/** Names that are declared more than once and mean the same each time. */
const SAME_MEANING: Readonly<Record<string, string>> = {
  Problem: "what a person has to correct, with a hint: in the inventory it has a path, on a host a code",
  drill: "the library's function has its command's name, and the inventory's section has the same",
  preflight: "the phase, and the inventory's section about it",
  packages: "the resource, and the phase that consists of it",
};

const src = join(import.meta.dirname, "../src");
const EXPORT = /^export (?:async |abstract )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;

interface Declared {
  readonly name: string;
  readonly file: string;
}

function declarations(): Declared[] {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.toSorted().flatMap((file) => {
    const names = [...readFileSync(join(src, file), "utf8").matchAll(EXPORT)].map(([, name = ""]) => name);
    // A function's overloads have one name.
    return [...new Set(names)].map((name) => ({ name, file }));
  });
}

function isItem({ name, file }: Declared): boolean {
  const own = basename(file, ".ts").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return name === own && LISTS.some((folder) => file === `${folder}/${basename(file)}`);
}

test("an exported name has one meaning: it is declared once, unless the folder gives the meaning", () => {
  const byName = new Map<string, Declared[]>();
  for (const each of declarations()) byName.set(each.name, [...(byName.get(each.name) ?? []), each]);
  const repeated = [...byName].filter(([, all]) => all.length > 1 && !all.every(isItem));
  const unexplained = repeated.filter(([name]) => !(name in SAME_MEANING));
  expect(unexplained.map(([name, all]) => `${name}: ${all.map(({ file }) => file).join(", ")}`)).toEqual([]);
  expect(
    Object.keys(SAME_MEANING).filter((name) => !repeated.some(([other]) => other === name)),
    "no longer repeated",
  ).toEqual([]);
});
