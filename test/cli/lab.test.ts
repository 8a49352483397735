import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCommandLine } from "../../src/cli/program.ts";
import { recordingIo } from "../support/io.ts";
import { temporaryFolder } from "../support/programs.ts";

const INVENTORY = `
name: no-such-lab
kubernetes: { version: "1.36.3" }
loadBalancer: { vip: 10.0.0.10 }
masters: [{ name: m1, address: 10.0.0.11 }]
workers: [{ name: worker-1, address: 10.0.0.21 }]
`;

async function tripod(...line: string[]) {
  const cwd = mkdtempSync(join(tmpdir(), "tripod-test-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, "inventories"));
  writeFileSync(join(cwd, "inventories/lab.yaml"), INVENTORY);
  const io = recordingIo({ cwd });
  const exitCode = await runCommandLine([...line, "-i", "inventories/lab.yaml"], io);
  return { exitCode, stdout: io.stdout.text, stderr: io.stderr.text };
}

/** The inventory comes through a named pipe, which is empty when it is read a second time. */
async function throughPipe(line: readonly string[]) {
  const pipe = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const writer = spawn("sh", ["-c", 'cat >"$1"', "sh", pipe], { stdio: ["pipe", "ignore", "ignore"] });
  writer.stdin.end(INVENTORY);
  const io = recordingIo();
  const exitCode = await runCommandLine([...line, "-i", pipe], io);
  return { exitCode, stderr: io.stderr.text };
}

test("lab status shows each machine of the inventory, in columns", async () => {
  expect(await tripod("lab", "status")).toEqual({
    exitCode: 0,
    stdout: [
      "NAME      ROLE    ADDRESS    STATE   SSH",
      "m1        master  10.0.0.11  absent  -",
      "worker-1  worker  10.0.0.21  absent  -",
      "",
    ].join("\n"),
    stderr: "",
  });
});

test("lab status --json prints JSON", async () => {
  const { stdout } = await tripod("lab", "status", "--json");
  expect(JSON.parse(stdout)).toContainEqual({
    name: "m1",
    role: "master",
    address: "10.0.0.11",
    state: "absent",
    ssh: false,
  });
});

test.each(["off", "on", "ssh"])("lab %s reports that there is no lab, and how to create one", async (verb) => {
  const { exitCode, stderr } = await tripod("lab", verb, "m1");
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 40,
    stderr: expect.stringMatching(/tripod lab up -i \/\S+\/inventories\/lab\.yaml\n/) as string,
  });
});

test("a machine that is not in the inventory is a usage error", async () => {
  const { exitCode, stderr } = await tripod("lab", "off", "m9");
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("the machines are m1, worker-1") as string,
  });
});

test("only known releases of Debian are accepted", async () => {
  const { exitCode, stderr } = await tripod("lab", "up", "--release", "sarge");
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("use bookworm or trixie") as string,
  });
});

test("--lab refuses an inventory from a pipe, because it is read again in the lab's network", async () => {
  const { exitCode, stderr } = await throughPipe(["status", "--lab"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("can be read only once")]);
  expect(stderr).toContain("→ save it to a file");
});

test("the hint for a lab that is not running does not read an inventory from a pipe again", async () => {
  const { stderr } = await throughPipe(["lab", "off", "m1"]);
  expect(stderr).toContain("bring it up: tripod lab up -i FILE\n");
});
