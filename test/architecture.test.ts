import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The floors of src/, from the roof to the ground: folders, and files that stand in src/ itself. Whoever stands on one may import what
 * stands below it, and nothing beside or above it. docs/architecture.md shows the same table and says what each is.
 */
const FLOORS = [
  ["cli"],
  ["index.ts"],
  ["bootstrap.ts"],
  ["report", "ui", "record.ts"],
  ["drills", "rehearsal.ts"],
  ["engine"],
  ["phases"],
  ["status.ts", "kubeconfig.ts"],
  ["existing"],
  ["health"],
  ["resources", "config", "session.ts"],
  ["host.ts", "vagrant"],
  ["facts", "lab"],
  ["remote"],
  ["inventory"],
  ["pki", "render", "cni", "os", "until.ts"],
  ["secret.ts", "errors.ts", "xdg.ts"],
  ["printable.ts", "layout.ts", "condition.ts", "last-lines.ts"],
];

/** Those who are to know even less than their floor allows. */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  report: ["drills", "engine", "rehearsal.ts", "printable.ts"],
  ui: ["drills", "engine", "printable.ts"],
  lab: ["inventory", "os", "render", "errors.ts", "xdg.ts"],
  cni: [],
  os: [],
};

/** Libraries that have one place in the house. */
const PLACES: Readonly<Record<string, string | readonly string[]>> = {
  commander: "cli/",
  listr2: "ui/tree.ts",
  handlebars: "render/",
  "node-forge": "pki/",
  ssh2: "remote/",
  // What a person says, and what hosts say.
  zod: ["inventory/", "resources/", "health/", "drills/"],
};

const root = join(import.meta.dirname, "..");
const src = join(root, "src");

const sources = new Map(
  typeScript(src)
    .map((file) => [relative(src, file), readFileSync(file, "utf8")] as const)
    .toSorted(),
);

function typeScript(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What a file's import and export lines name, types too, and its lazy imports. */
function specifiers(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"([^"]+)"/g)].map(([, specifier = ""]) => specifier);
}

/** The files of src/ that a file imports. */
function importsOf(file: string): string[] {
  return specifiers(sources.get(file) ?? "")
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => relative(src, join(src, dirname(file), specifier)));
}

/** `remote` of `remote/ssh.ts`; a file that stands in src/ itself is its own. */
function unitOf(file: string): string {
  return file.split("/", 1).join("");
}

/** Counted from the ground. */
function heightOf(unit: string): number {
  return FLOORS.toReversed().findIndex((floor) => floor.includes(unit));
}

/** Files that import something of another unit than their own, and what. */
function imports(): { readonly file: string; readonly from: string; readonly imported: string; readonly to: string }[] {
  return [...sources.keys()].flatMap((file) =>
    importsOf(file)
      .map((imported) => ({ file, from: unitOf(file), imported, to: unitOf(imported) }))
      .filter(({ from, to }) => from !== to),
  );
}

/** The first circle of imports that begins at a file, as the files it goes through. */
function circle(file: string, done: Set<string>, way: readonly string[] = []): readonly string[] | undefined {
  if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
  if (done.has(file)) return undefined;
  for (const imported of importsOf(file)) {
    const found = circle(imported, done, [...way, file]);
    if (found) return found;
  }
  done.add(file);
  return undefined;
}

function filesWith(pattern: RegExp): string[] {
  return [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);
}

describe("the house", () => {
  test("every folder and file of src/ stands on exactly one floor", () => {
    const units = [...new Set([...sources.keys()].map(unitOf))];
    expect(FLOORS.flat().toSorted()).toEqual(units.toSorted());
  });

  test("the table of floors is the one in docs/architecture.md", () => {
    const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const table = /```floors\n([^]*?)```/.exec(page)?.[1] ?? "";
    const floors = table
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
    expect(floors).toEqual(FLOORS);
  });

  test("imports lead to existing files", () => {
    expect(imports().length).toBeGreaterThan(100);
    expect(imports().filter(({ imported }) => !sources.has(imported))).toEqual([]);
  });

  test("imports run downwards", () => {
    const upward = imports().filter(({ from, to }) => heightOf(to) >= heightOf(from));
    expect(upward.map(({ file, imported }) => `${file} imports ${imported}`)).toEqual([]);
  });

  test("no imports run in a circle", () => {
    const done = new Set<string>();
    for (const file of sources.keys()) expect(circle(file, done)?.join(" → ")).toBeUndefined();
  });

  test.each(Object.entries(KNOWS))("%s knows nothing but %j", (unit, known) => {
    const others = imports().filter(({ from, to }) => from === unit && !known.includes(to));
    expect(others.map(({ file, imported }) => `${file} imports ${imported}`)).toEqual([]);
  });

  test.each(Object.entries(PLACES))("%s is imported in %j alone", (library, place) => {
    const importers = [...sources].filter(([, text]) => specifiers(text).includes(library)).map(([file]) => file);
    expect(importers).not.toEqual([]);
    const places = typeof place === "string" ? [place] : place;
    expect(importers.filter((file) => !places.some((each) => file.startsWith(each)))).toEqual([]);
  });
});

describe("house rules", () => {
  test.each(["src", "test", "scripts"])("no file of %s is longer than 350 lines", (folder) => {
    const long = typeScript(join(root, folder)).filter((file) => readFileSync(file, "utf8").split("\n").length > 351);
    expect(long.map((file) => relative(root, file))).toEqual([]);
  });

  test("nothing is exported by default", () => {
    expect(filesWith(/^export default\b|\bas default\b/m)).toEqual([]);
  });

  test("the process ends in main.ts and nowhere else, but for the keeper, which is one of its own", () => {
    expect(filesWith(/\bprocess\.(exit|abort|exitCode|reallyExit)\b/)).toEqual(["cli/main.ts", "drills/keeper.ts"]);
  });

  test("only the command line speaks for the process", () => {
    expect(filesWith(/\bconsole\.|\bprocess\.std(out|err|in)\./)).toEqual(["drills/keeper.ts"]);
  });

  test("time passes in two places, a drill has its metronome and its keeper, what is asked has a deadline, and everything else waits for a condition", () => {
    expect(filesWith(/\bset(Timeout|Interval)\b|["'](node:)?timers|\bsleep\s+[\d$]/)).toEqual([
      "drills/clock.ts",
      "drills/keeper.ts",
      "lab/poll.ts",
      "remote/agent.ts",
      "remote/exec.ts",
      "remote/local.ts",
      "until.ts",
    ]);
  });

  test("a secret is opened by who sends, compares, encodes or signs with it, or was asked for it, and by nobody else", () => {
    const opened = [...new Set(filesWith(/\.reveal\(\)/).map(unitOf))];
    expect(opened).toEqual(["cli", "config", "drills", "phases", "pki", "remote", "resources", "ui"]);
  });
});
