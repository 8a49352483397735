import { readFileSync } from "node:fs";
import { Command } from "commander";
import { expect, test } from "vitest";
import { PHASE_NAMES, withNarrowing } from "../../src/cli/narrowing.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { PHASES } from "../../src/phases/index.ts";
import { recordingIo } from "../support/io.ts";

const NAMES = PHASES.map(({ name }) => name);

test.each(["plan", "apply"])("the help of tripod %s lists every phase for --phase", async (verb) => {
  expect(PHASE_NAMES).toEqual(NAMES);
  const io = recordingIo();
  await runCommandLine([verb, "--help"], io);
  expect(io.stdout.text.replace(/\s+/g, " ")).toContain(`the phases: ${NAMES.join(", ")}`);
});

test.each([
  [["--host", "m1,w1"], { host: ["m1", "w1"] }],
  [["--host", "m1", "w1"], { host: ["m1", "w1"] }],
  [["--host", "m1,", "w1", "--host=w2"], { host: ["m1", "w1", "w2"] }],
  [["--phase=etcd,health"], { phase: ["etcd", "health"] }],
  [["--phase", ","], { phase: [","] }],
])("names are separated by spaces or commas: %j", (args, options) => {
  const command = withNarrowing(new Command("plan")).parse(args, { from: "user" });
  expect(command.opts()).toEqual(options);
});

test.each([
  ["--host", "m1,m9", "unknown host m9"],
  ["--phase", "etcd,helth", "unknown phase helth"],
])("an unknown name among others (%s %s) is refused", async (option, names, message) => {
  const io = recordingIo({ cwd: new URL("../../", import.meta.url).pathname });
  expect(await runCommandLine(["plan", "-i", "inventories/ha-3x2.yaml", option, names], io)).toBe(3);
  expect(io.stderr.text).toContain(message);
});

test("the documentation of --phase lists every phase", () => {
  const text = readFileSync(new URL("../../docs/operation.md", import.meta.url), "utf8").replace(/\s+/g, " ");
  expect(text).toContain(NAMES.map((name) => `\`${name}\``).join(", "));
});
