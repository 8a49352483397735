import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/**
 * The layers of src/, from the top down: folders, and files directly in src/. A layer may import what is below it, and nothing beside or
 * above it. docs/architecture.md shows the same table and describes each.
 */
const LAYERS = [
  ["cli"],
  ["index.ts"],
  ["bootstrap.ts", "preflight.ts", "bundling"],
  ["report", "ui", "record.ts"],
  ["drills", "rehearsal"],
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
  ["bundle", "registry"],
  ["releases"],
  ["pki", "render", "cni", "os", "versions.ts", "https.ts", "until.ts"],
  ["pack-files.ts"],
  ["secret.ts", "errors.ts", "xdg.ts", "process.ts"],
  ["printable.ts", "layout.ts", "condition.ts", "last-lines.ts", "file-digest.ts"],
];

/** Folders that may import even less than their layer allows. */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  report: ["drills", "engine", "rehearsal", "printable.ts"],
  ui: ["drills", "engine", "printable.ts"],
  lab: [
    ...["inventory", "os", "pki", "releases", "render", "versions.ts"],
    ...["errors.ts", "file-digest.ts", "https.ts", "last-lines.ts", "process.ts", "xdg.ts"],
  ],
  cni: [],
  os: [],
};

/** Libraries that are imported in one place only. */
const PLACES: Readonly<Record<string, string | readonly string[]>> = {
  commander: "cli/",
  listr2: "ui/tree.ts",
  handlebars: "render/",
  "node-forge": "pki/",
  ssh2: "remote/",
  undici: "https.ts",
  zx: "process.ts",
  "ipaddr.js": ["inventory/addresses.ts", "pki/names.ts"],
  // What a person says, and what hosts, registries and files from elsewhere say.
  zod: ["inventory/", "resources/", "health/", "drills/", "registry/", "bundle/"],
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

/** `remote` of `remote/ssh.ts`; a file directly in src/ is its own. */
function unitOf(file: string): string {
  return file.split("/", 1).join("");
}

/** Counted from the bottom. */
function heightOf(unit: string): number {
  return LAYERS.toReversed().findIndex((layer) => layer.includes(unit));
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

/** `file name` of every function of src/ with more lines than that, from its first to its last; an arrow has its variable's or key's name. */
function functionsLongerThan(lines: number): string[] {
  return [...sources].flatMap(([file, text]) => {
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
    const long: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isFunctionLike(node) && line(node.end) - line(node.getStart(tree)) >= lines)
        long.push(`${file} ${nameOf(node)}`);
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return long;
  });
}

function nameOf(node: ts.SignatureDeclaration): string {
  const { name } = node.name ? node : (node.parent as ts.NamedDeclaration);
  return name?.getText() ?? "(unnamed)";
}

function filesWith(pattern: RegExp): string[] {
  return [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);
}

describe("the layers", () => {
  test("every folder and file of src/ belongs to exactly one layer", () => {
    const units = [...new Set([...sources.keys()].map(unitOf))];
    expect(LAYERS.flat().toSorted()).toEqual(units.toSorted());
  });

  test("the table of layers is the one in docs/architecture.md", () => {
    const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const table = /```layers\n([^]*?)```/.exec(page)?.[1] ?? "";
    const layers = table
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
    expect(layers).toEqual(LAYERS);
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

describe("the rules", () => {
  test.each(["src", "test", "scripts"])("no file of %s is longer than 350 lines", (folder) => {
    const long = typeScript(join(root, folder)).filter((file) => readFileSync(file, "utf8").split("\n").length > 351);
    expect(long.map((file) => relative(root, file))).toEqual([]);
  });

  test("no function of src is longer than 70 lines", () => {
    expect(functionsLongerThan(70)).toEqual([]);
  });

  test("nothing is exported by default", () => {
    expect(filesWith(/^export default\b|\bas default\b/m)).toEqual([]);
  });

  test("the process ends in main.ts and nowhere else, but for the watchdog, which has its own", () => {
    expect(filesWith(/\bprocess\.(exit|abort|exitCode|reallyExit)\b/)).toEqual(["cli/main.ts", "drills/watchdog.ts"]);
  });

  test("only the command line prints, prompts and exits", () => {
    expect(filesWith(/\bconsole\.|\bprocess\.std(out|err|in)\./)).toEqual(["drills/watchdog.ts"]);
  });

  test("time passes in two places, a drill has its clock and its watchdog, what is asked has a deadline, and everything else waits for a condition", () => {
    expect(filesWith(/\bset(Timeout|Interval)\b|["'](node:)?timers|\bsleep\s+[\d$]/)).toEqual([
      "drills/clock.ts",
      "drills/watchdog.ts",
      "lab/poll.ts",
      "remote/agent.ts",
      "remote/exec.ts",
      "until.ts",
    ]);
  });

  test("a secret is opened by who sends, compares, encodes or signs with it, or was asked for it, and by nobody else", () => {
    const opened = [...new Set(filesWith(/\.reveal\(\)/).map(unitOf))];
    expect(opened).toEqual(["cli", "config", "drills", "lab", "phases", "pki", "remote", "resources", "ui"]);
  });
});
