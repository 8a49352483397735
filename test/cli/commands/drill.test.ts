import { mkdirSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { recordingIo } from "../../support/io.ts";
import { temporaryFolder } from "../../support/programs.ts";

const cwd = new URL("../../../", import.meta.url).pathname;
const INVENTORY = ["-i", "inventories/ha-3x2.yaml"];

/** Nobody is contacted by any of these: the inventory's machines are nowhere. */
async function tripod(args: readonly string[], { typed, ...stdin }: { isTTY?: boolean; typed?: string } = {}) {
  const input = Object.assign(new PassThrough(), stdin);
  if (typed !== undefined) input.end(`${typed}\n`);
  const io = { ...recordingIo({ cwd }), stdin: input };
  const exitCode = await runCommandLine(["drill", ...args], io);
  return { exitCode, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("the scenarios can be listed without an inventory", async () => {
  const { exitCode, stdout } = await tripod(["--list"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^power-holder +power cut of the VIP holder$/m);
  expect(stdout).toMatch(/^quorum .*\(--allow-quorum-loss\)$/m);
});

test("--list --json prints the same list as JSON, with the option that a scenario needs", async () => {
  const { exitCode, stdout } = await tripod(["--list", "--json"]);
  const scenarios = JSON.parse(stdout) as { name: string; title: string; option?: string }[];
  expect([exitCode, scenarios.length]).toEqual([0, (await tripod(["--list"])).stdout.trim().split("\n").length]);
  expect(scenarios).toContainEqual({ name: "power-holder", title: "power cut of the VIP holder" });
  expect(scenarios.find(({ name }) => name === "quorum")?.option).toBe("--allow-quorum-loss");
});

test("a drill without an inventory is none", async () => {
  expect(await tripod([])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("-i, --inventory") as string });
});

test("a slip in the name of a scenario is known", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "power-holdr"]);
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringContaining("there is no scenario power-holdr, did you mean `power-holder`?"),
  ]);
});

test("naming the scenario alone does not stop the quorum", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "quorum", "--confirm", "production"]);
  expect([exitCode, stderr]).toEqual([24, expect.stringContaining("--allow-quorum-loss")]);
});

test("nothing is broken on real machines where nobody is there to agree", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "power-holder"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("add --confirm production")]);
});

test("nothing is broken on another cluster than the one that was meant", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "--confirm", "staging"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("the cluster's name is production")]);
});

test("whoever does not type the cluster's name has changed their mind", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "power-holder"], { isTTY: true, typed: "yes" });
  expect(exitCode).toBe(130);
  expect(stderr).toContain("power cut of the VIP holder");
  expect(stderr).toContain("not confirmed; nothing was changed");
});

test.each(["0", "1000", "many"])("%s is no number of rounds", async (rounds) => {
  expect(await tripod([...INVENTORY, "--rounds", rounds])).toMatchObject({ exitCode: 3 });
});

test("scenarios are named, or all of them are chosen", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "--all", "power-holder"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("use one of them")]);
});

test("nothing is broken for a report that cannot be kept", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "--confirm", "production", "-o", "/nowhere/drill.html"]);
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining("cannot write /nowhere/drill.html")]);
});

test("the help of -o and the refusal of an unknown extension name the same ones", async () => {
  const refused = await tripod([...INVENTORY, "--confirm", "production", "-o", "drill.pdf"]);
  const [, named = "none"] = /→ use (.*?);/.exec(refused.stderr) ?? [];
  const { stdout } = await tripod(["--help"]);
  expect(stdout.replace(/\s+/g, " ")).toContain(`its extension: ${named} `);
});

test.each(["absent/drill.html", "inventories.html/drill.html"])(
  "a report that cannot be written to %s is refused before anything is contacted",
  async (output) => {
    const { exitCode, stderr } = await tripod(["-i", "absent.yaml", "-o", output]);
    expect([exitCode, stderr]).toEqual([5, expect.stringMatching(/cannot write .*\n.* does not exist\n/)]);
  },
);

test("a report cannot replace a folder", async () => {
  const io = recordingIo({ cwd: temporaryFolder() });
  mkdirSync(`${io.cwd}/drills`);
  expect(await runCommandLine(["drill", "-i", "absent.yaml", "-o", "drills"], io)).toBe(5);
  expect(io.stderr.text).toContain("drills is a folder");
});
