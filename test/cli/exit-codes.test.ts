import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/program.ts";
import { EXIT_CODES } from "../../src/errors.ts";
import { recordingIo } from "../support/io.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const table = EXIT_CODES.map(({ exit, code, means }) => [exit, code, means]);

/** The help of a command and of all its subcommands. */
async function helpOf(words: readonly string[] = []): Promise<(readonly [string, string])[]> {
  const io = recordingIo();
  io.stdout.columns = 500;
  expect(await runCommandLine([...words, "--help"], io)).toBe(0);
  const [, commands = ""] = /^Commands:\n((?: .*\n)*)/m.exec(io.stdout.text) ?? [];
  const below = [...commands.matchAll(/^ {2}(?!help)([a-z-]+)/gm)].map(([, name = ""]) => [...words, name]);
  return [[["tripod", ...words, "--help"].join(" "), io.stdout.text], ...(await Promise.all(below.map(helpOf))).flat()];
}

/** The exit codes that a text mentions, with the words around them: a paragraph, a line of commands, a row of a help text. */
function said(text: string): { exit: number; words: string }[] {
  const units = text.split(/\n```.*\n|\n\n|\n\||\n(?=tripod )|\n {2,}/).map((unit) => unit.replace(/\s+/g, " "));
  return units.flatMap((words) => {
    const [, numbers = ""] = /\bexit(?:s|ed)?\b(?: codes?)?:?(?: with| of)?(?= \d)(.*)/i.exec(words) ?? [];
    const list = [...numbers.matchAll(/(?:^|[,:;] (?:with )?| and )\s?(\d{1,3})\b/g)];
    return list.map(([, exit]) => ({ exit: Number(exit), words }));
  });
}

const STOP = /^(?:the|and|not|was|its|that|this|there|tripod|something|some|with|nothing)$/;

/** The beginnings of the words of its row in the table. */
function vocabulary(exit: number): string[] {
  const { code = "", means = "" } = EXIT_CODES.find((row) => row.exit === exit) ?? {};
  return [...`${code.replaceAll("_", " ")} ${means}`.toLowerCase().matchAll(/[a-z]{3,}/g)]
    .map(([word]) => word)
    .filter((word) => !STOP.test(word))
    .map((word) => word.slice(0, 4));
}

describe("an exit code", () => {
  test("means one thing", () => {
    expect(table.length).toBeGreaterThan(18);
    expect(EXIT_CODES.map(({ exit }) => exit)).toEqual([...new Set(EXIT_CODES.map(({ exit }) => exit))]);
  });

  test.each(["exit-codes", "help exit-codes"])("is explained by tripod %s as the code has it", async (line) => {
    const io = recordingIo();
    await runCommandLine(line.split(" "), io);
    const rows = [...io.stdout.text.matchAll(/^ *(\d+) {2}(\S*) {2,}(.*)$/gm)];
    expect(rows.map(([, exit, code, means]) => [Number(exit), code, means])).toEqual(table);
  });

  test("has the same meaning in docs/errors.md and in the code", () => {
    const rows = [...read("docs/errors.md").matchAll(/^\| (\d+) \| `?(\w*)`? \| (.*) \|$/gm)];
    expect(rows.map(([, exit, code, means]) => [Number(exit), code, means])).toEqual(table);
  });

  test("of a command that did not fail is in the table", () => {
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    const sources = files.filter((name) => name.endsWith(".ts")).map((name) => read(join("src", name)));
    const thrown = sources.flatMap((text) => [...text.matchAll(/new ExitWith\((.*?)\)/g)].map(([, what]) => what));
    expect(thrown.toSorted()).toEqual(["ANSWERS.changes.exit", "ANSWERS.unhealthy.exit", "status"]);
  });

  test("that a page or a help text mentions is in the table, with the same meaning", async () => {
    const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) =>
      join("docs", name),
    );
    // The decisions mention exit codes of other programs, the change log earlier ones.
    const pages = ["README.md", ...docs.filter((name) => name.endsWith(".md") && !name.startsWith("docs/adr"))];
    const texts = [...pages.map((page) => [page, read(page)] as const), ...(await helpOf())];
    const mentions = texts.flatMap(([where, text]) => said(text).map((each) => ({ where, ...each })));
    const found = (number: number) => mentions.filter(({ exit }) => exit === number).map(({ where }) => where);
    expect(found(2)).toEqual(["docs/operation.md", "tripod plan --help"]);
    expect(found(30)).toEqual(["docs/drills.md", "docs/drills.md"]);
    expect(found(31)).toEqual(["README.md", "docs/getting-started.md", "tripod --help", "tripod status --help"]);
    const strange = mentions.filter(
      ({ exit, words }) => exit !== 0 && !vocabulary(exit).some((word) => words.toLowerCase().includes(word)),
    );
    expect(strange).toEqual([]);
  });
});
