import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../src/cli/program.ts";
import { parseInventory } from "../src/inventory/load.ts";
import { recordingIo } from "./support/io.ts";
import { commentsOf, proseOfPage, proseOfSource, titlesOf, unplainWords } from "./support/plain-words.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].toSorted();

/** The code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
}

/** Command lines to be typed, without what is said about them. */
const typed = pages
  .flatMap((page) => blocks(page, "sh").flatMap((block) => block.split("\n")))
  .map((line) => line.replace(/\s+#.*$/, "").trim());

const commands = [...new Set(typed.filter((line) => line.startsWith("tripod ")))];
const scripts = [...new Set(typed.filter((line) => line.startsWith("npm run ")))];

describe("a reader", () => {
  test.each(pages)("finds what %s links to", (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = ""]) => target);
    const local = links.filter((target) => !/^\w+:/.test(target)).map((target) => join(root, dirname(page), target));
    expect(local.filter((path) => !existsSync(path)).map((path) => relative(root, path))).toEqual([]);
  });

  test.each(pages)("finds the files that %s names", (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|templates|scripts|docs|\.ci)\/[\w./-]*)`/g)];
    const absent = named.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)));
    expect(absent).toEqual([]);
  });

  test.each(commands)("can type `%s`", async (line) => {
    const [, ...words] = (line.split(" -- ")[0] ?? "").split(/\s+/);
    const verb = words.slice(0, ["lab", "vagrant"].includes(words[0] ?? "") ? 2 : 1);
    const options = words.filter((word) => word.startsWith("-"));
    const io = recordingIo();
    expect(await runCommandLine([...verb, "--help"], io)).toBe(0);
    expect(io.stdout.text).toContain(`Usage: tripod ${verb.join(" ")}`);
    for (const option of options) expect(io.stdout.text).toMatch(new RegExp(`^ .*${option}[ ,]`, "m"));
  });

  test.each(scripts)("can type `%s`", (line) => {
    const { scripts: known } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    expect(Object.keys(known)).toContain(line.split(" ")[2]);
  });

  test.each(["bring-up", "power-cut"])("sees the picture %s, which needs no other file", (name) => {
    expect(read("README.md")).toMatch(new RegExp(`^!\\[[^\\]]+\\]\\(docs/pictures/${name}\\.svg\\)$`, "m"));
    const picture = read(`docs/pictures/${name}.svg`).replace('xmlns="http://www.w3.org/2000/svg"', "");
    expect(picture).not.toMatch(/https?:|href|<script|@import|<title>/);
    expect(picture.match(/class="timeline/g)).toHaveLength(2);
    for (const part of name === "bring-up" ? ["step", "wait", "path"] : ["band", "calm", "dark", "tail"])
      expect(picture).toMatch(new RegExp(`[.]${part}\\b[^}]*[}][^]*class="${part}`));
    for (const [, colour = ""] of picture.matchAll(/var\((--[\w-]+)\)/g)) expect(picture).toContain(`${colour}: `);
    const record = read(`test/fixtures/pictures/${name}.jsonl`);
    expect(record).not.toMatch(/\/(?:root|home|work|tmp)\b/);
    expect(record.match(/\b\d+\.\d+\.\d+\.\d+\b/g)?.filter((address) => !address.startsWith("10.66.0."))).toEqual([]);
  });

  test.each(["README.md", "docs/getting-started.md"])("can use the inventory of %s unmodified", (page) => {
    const [inventory = ""] = blocks(page, "yaml");
    expect(parseInventory(inventory, "inventories/prod.yaml").workers.map(({ name }) => name)).toEqual(["w1", "w2"]);
  });
});

describe("the words of the list in test/support/plain-words.ts", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", name));
  const filesIn = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const tests = filesIn("test").filter((path) => path.endsWith(".test.ts") && path !== "test/docs.test.ts");
  const stories = filesIn("test/fixtures/inventory").filter((path) => path.endsWith(".yaml"));
  const found = new Map(
    [
      ...filesIn("templates").map((path) => [path, unplainWords(commentsOf(read(path)))] as const),
      ...tests.map((path) => [path, unplainWords(titlesOf(read(path)))] as const),
      ...stories.map((path) => [path, unplainWords(commentsOf(read(path)))] as const),
      ...pages.map((page) => [page, unplainWords(proseOfPage(read(page)))] as const),
      ...sources.map((path) => [path, unplainWords(proseOfSource(path, read(path)))] as const),
    ].filter(([, words]) => words.length > 0),
  );

  test("are in no document, no message, no comment, no template and no test's title", () => {
    expect([...found]).toEqual([]);
  });

  test.each([
    ["an existing cluster is healthy; apply re-reads every host", []],
    ["what stands is put right anew", ["stands", "put right", "anew"]],
    ["Who has no key must get one.", ["Who has no key must"]],
  ])("are found in “%s”", (text, words) => {
    expect(unplainWords(text).map((word) => /“(.*?)”/.exec(word)?.[1])).toEqual(expect.arrayContaining(words));
    expect(unplainWords(text)).toHaveLength(words.length);
  });

  test("are searched for in the titles of tests and the comments of templates", () => {
    const words = (text: string) => unplainWords(text).map((word) => /“(.*?)”/.exec(word)?.[1]);
    expect(words(titlesOf('it("is well", f); test.each(["anew"])("stands %s", (told) => told("again"));'))).toEqual([
      "is well",
      "stands",
    ]);
    expect(words(commentsOf("stands=1 # Who\n  # has no key\n  # must wait.\nanew {{told}}\n# A {{told}}"))).toEqual(
      [],
    );
    expect(words(commentsOf("# Who has no key\n# must wait.\n"))).toEqual(["Who has no key must"]);
  });

  test("are searched for in sentences and comments, not in names and code", () => {
    const text = 'const stands = f("stands", `it ${stands} anew`); // what `stands` is well\n/** Told\n * again. */';
    expect(unplainWords(proseOfSource("x.ts", text)).map((word) => /“(.*?)”/.exec(word)?.[1])).toEqual([
      "is well",
      "Told",
      "anew",
    ]);
  });
});
