import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PHASE_NAMES } from "../../src/cli/narrowing.ts";
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

test("the documentation of --phase lists every phase", () => {
  const text = readFileSync(new URL("../../docs/operation.md", import.meta.url), "utf8").replace(/\s+/g, " ");
  expect(text).toContain(NAMES.map((name) => `\`${name}\``).join(", "));
});
