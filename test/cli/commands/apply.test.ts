import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { recordingIo } from "../../support/io.ts";

const cwd = new URL("../../../", import.meta.url).pathname;
const INVENTORY = ["-i", "inventories/ha-3x2.yaml"];

/** Nobody is contacted by any of these: the inventory's machines are nowhere. */
async function tripod(args: readonly string[], stdin: { isTTY?: boolean } = {}) {
  const io = { ...recordingIo({ cwd }), stdin: Object.assign(new PassThrough(), stdin) };
  const exitCode = await runCommandLine(args, io);
  return { exitCode, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("where nobody can be asked, apply wants --yes, and says where to look first", async () => {
  const { exitCode, stdout, stderr } = await tripod(["apply", ...INVENTORY]);
  expect([exitCode, stdout]).toEqual([3, ""]);
  expect(stderr).toMatchInlineSnapshot(`
    "apply asks before it changes anything, and nobody is there to answer: the standard input is no terminal (E_USAGE)
      → look at what \`tripod plan -i inventories/ha-3x2.yaml\` says, and then say --yes
    "
  `);
});

test("what is to be looked at first is looked at on the same machines, and is not read from an input that is used up", async () => {
  expect((await tripod(["apply", "--lab", ...INVENTORY])).stderr).toContain(
    "`tripod plan --lab -i inventories/ha-3x2.yaml`",
  );
  expect((await tripod(["apply", "-i", "/dev/stdin"])).stderr).toContain("`tripod plan -i FILE`");
});

test("a program is never asked, not even at a terminal", async () => {
  const { exitCode, stderr } = await tripod(["apply", "--json", ...INVENTORY], { isTTY: true });
  expect(exitCode).toBe(3);
  expect(JSON.parse(stderr)).toMatchObject({ errors: [{ code: "E_USAGE", message: /--json is for programs/ }] });
});

test.each(["plan", "apply --yes"])("%s knows a slip in the name of a host or a phase", async (command) => {
  const host = await tripod([...command.split(" "), ...INVENTORY, "--host", "m1", "mm2"]);
  expect([host.exitCode, host.stderr]).toEqual([3, expect.stringContaining("unknown host mm2, did you mean `m2`?")]);
  const phase = await tripod([...command.split(" "), ...INVENTORY, "--phase", "ectd"]);
  expect([phase.exitCode, phase.stderr]).toEqual([
    3,
    expect.stringContaining("unknown phase ectd, did you mean `etcd`?"),
  ]);
});

test("a phase that is nothing to the chosen hosts is no success", async () => {
  const { exitCode, stderr } = await tripod(["apply", "--yes", ...INVENTORY, "--phase", "etcd", "--host", "w1"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("etcd: not on w1")]);
});
