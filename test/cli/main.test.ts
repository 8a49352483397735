import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

test("the real program prints its help", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, "--help"]);
  expect(stdout).toContain("Usage: tripod");
});

test("only main.ts ends the process, and the keeper of a drill its own", () => {
  const src = new URL("../../src/", import.meta.url);
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const ending = files.filter((file) => /\bprocess\.(exit\(|exitCode)/.test(readFileSync(new URL(file, src), "utf8")));
  expect(ending).toEqual(["cli/main.ts", "drills/keeper.ts"]);
});
