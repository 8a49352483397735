import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCluster } from "../../src/inventory/load.ts";
import { clusterOptions, inventoryOption } from "../../src/inventory/option.ts";
import { temporaryFolder } from "../support/programs.ts";

test("a hint names the inventory as it can be typed where one is", () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "inventories"));
  const file = join(cwd, "inventories/prod.yaml");
  writeFileSync(file, "");
  expect(inventoryOption(file, cwd)).toBe("-i inventories/prod.yaml");
  expect(inventoryOption("inventories/prod.yaml", cwd)).toBe("-i inventories/prod.yaml");
  expect(inventoryOption(file, join(cwd, "inventories"))).toBe("-i prod.yaml");
  expect(inventoryOption(file, "/")).toBe(`-i ${file.slice(1)}`);
  expect(inventoryOption(file, join(cwd, "elsewhere"))).toBe(`-i ${file}`);
});

test("a hint for a cluster on its lab's machines does not lead to the real ones", () => {
  const file = join(temporaryFolder(), "prod.yaml");
  writeFileSync(file, "");
  expect(clusterOptions({ file, lab: true })).toBe(`--lab -i ${file}`);
  expect(clusterOptions({ file })).toBe(`-i ${file}`);
});

test("a hint names no inventory that the next command could not read", () => {
  const cwd = temporaryFolder();
  const pipe = join(cwd, "pipe");
  execFileSync("mkfifo", [pipe]);
  const file = join(cwd, "prod.yaml");
  writeFileSync(file, "");
  const descriptor = openSync(file, "r");
  onTestFinished(() => closeSync(descriptor));
  const passing = ["/dev/stdin", `/dev/fd/${descriptor}`, `/proc/self/fd/${descriptor}`, pipe, join(cwd, "gone.yaml")];
  expect(passing.map((each) => inventoryOption(each, cwd))).toEqual(passing.map(() => "-i FILE"));
});

test("a name that a shell would read otherwise is not put into a command", () => {
  const file = join(temporaryFolder(), "prod; reboot.yaml");
  writeFileSync(file, "");
  expect(inventoryOption(file)).toBe("-i FILE");
});

test.each(["an inventory that is not there", "an empty inventory"])(
  "who has %s is shown an example that is there, wherever one is",
  async (which) => {
    const cwd = temporaryFolder();
    if (which.includes("empty")) writeFileSync(join(cwd, "prod.yaml"), "");
    const error: unknown = await loadCluster("prod.yaml", { cwd }).catch((failure: unknown) => failure);
    const [, named = ""] = /(\S+) shows every key/.exec((error as { explain(): string }).explain()) ?? [];
    expect(named).toMatch(/example\.yaml$/);
    expect(existsSync(join("/", named)), named).toBe(true);
  },
);
