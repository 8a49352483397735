import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { recordingIo } from "../../support/io.ts";
import { temporaryFolder } from "../../support/programs.ts";

const SMALLEST = new URL("../../../inventories/ha-3x2.yaml", import.meta.url);

/** Runs a command line in a folder that has an inventory, `small.yaml`, and a file `there.tar`. */
async function tripod(line: string) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "there.tar"), "an older one");
  copyFileSync(SMALLEST, join(cwd, "small.yaml"));
  const io = recordingIo({ cwd });
  return { exitCode: await runCommandLine(line.split(" "), io), stderr: io.stderr.text };
}

test.each([
  ["bundle -o bundle.tar", "required option '-i, --inventory <file>' not specified"],
  ["bundle -i prod.yaml", "required option '-o, --output <file>' not specified"],
  ["bundle -i prod.yaml -o bundle.tar --arch riscv64", "Must be amd64 or arm64, or both with a comma."],
  ["bundle -i prod.yaml -o bundle.tar --arch amd64,riscv64", "Must be amd64 or arm64, or both with a comma."],
  ["bundle -i prod.yaml --list bundle.tar", "--list and -i or -o exclude each other"],
  ["bundle prod.yaml -o bundle.tar", "did you mean -i prod.yaml?"],
  ["bundle -i small.yaml -o there.tar", "there.tar exists, and nobody can be asked whether to replace it"],
  ["bundle --list absent.tar", "cannot read the bundle"],
  ["bundle -i prod.yaml -o bundle.tar", "no inventory: "],
])("`tripod %s` is refused before anything is fetched", async (line, message) => {
  const { exitCode, stderr } = await tripod(line);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(message) as string]);
});

test.each(["apply", "plan", "preflight", "rehearse"])("`tripod %s` takes a bundle", async (verb) => {
  const io = recordingIo();
  await runCommandLine([verb, "--help"], io);
  expect(io.stdout.text).toContain("--bundle <file>");
});
