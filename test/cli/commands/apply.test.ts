import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { recordingIo } from "../../support/io.ts";

const cwd = new URL("../../../", import.meta.url).pathname;
const INVENTORY = ["-i", "inventories/ha-3x2.yaml"];

/** None of these tests connects to a host: the inventory's machines do not exist. */
async function tripod(args: readonly string[], stdin: { isTTY?: boolean } = {}) {
  const io = { ...recordingIo({ cwd }), stdin: Object.assign(new PassThrough(), stdin) };
  const exitCode = await runCommandLine(args, io);
  return { exitCode, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("if nobody can be asked, apply requires --yes, and its hint names the plan to check first", async () => {
  const { exitCode, stdout, stderr } = await tripod(["apply", ...INVENTORY]);
  expect([exitCode, stdout]).toEqual([3, ""]);
  expect(stderr).toMatchInlineSnapshot(`
    "apply asks before it changes anything, but the standard input is not a terminal (E_USAGE)
      → check the output of \`tripod plan -i inventories/ha-3x2.yaml\`, then run apply with --yes
    "
  `);
});

test("the hint plans the same machines, and does not read an input that was consumed", async () => {
  expect((await tripod(["apply", "--lab", ...INVENTORY])).stderr).toContain(
    "`tripod plan --lab -i inventories/ha-3x2.yaml`",
  );
  expect((await tripod(["apply", "-i", "/dev/stdin"])).stderr).toContain("`tripod plan -i FILE`");
});

test("with --json nobody is asked, not even at a terminal", async () => {
  const { exitCode, stderr } = await tripod(["apply", "--json", ...INVENTORY], { isTTY: true });
  expect(exitCode).toBe(3);
  expect(JSON.parse(stderr)).toMatchObject({
    errors: [{ code: "E_USAGE", message: /with --json nobody can be asked/ }],
  });
});

test.each(["plan", "apply --yes"])("%s suggests the name for a misspelt host or phase", async (command) => {
  const host = await tripod([...command.split(" "), ...INVENTORY, "--host", "m1", "mm2"]);
  expect([host.exitCode, host.stderr]).toEqual([3, expect.stringContaining("unknown host mm2, did you mean `m2`?")]);
  const phase = await tripod([...command.split(" "), ...INVENTORY, "--phase", "ectd"]);
  expect([phase.exitCode, phase.stderr]).toEqual([
    3,
    expect.stringContaining("unknown phase ectd, did you mean `etcd`?"),
  ]);
});

test("a phase that does not run on the chosen hosts is an error", async () => {
  const { exitCode, stderr } = await tripod(["apply", "--yes", ...INVENTORY, "--phase", "etcd", "--host", "w1"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("etcd: not on w1")]);
});
