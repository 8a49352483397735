import { mkdirSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { mustHavePower } from "../../../src/cli/scenario-choice.ts";
import { SCENARIOS } from "../../../src/drills/index.ts";
import { testCluster } from "../../support/cluster.ts";
import { recordingIo } from "../../support/io.ts";
import { temporaryFolder } from "../../support/programs.ts";

const cwd = new URL("../../../", import.meta.url).pathname;
const INVENTORY = ["-i", "inventories/ha-3x2.yaml"];

function titleOf(scenario: string): string {
  return SCENARIOS.find(({ name }) => name === scenario)?.title ?? "no such scenario";
}

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
  expect(stdout).toMatch(/^etcd-leader +[^()]+$/m);
  expect(stdout).toMatch(/^power-holder +power cut of the VIP holder {2}\(needs `power`\)$/m);
  expect(stdout).toMatch(/^quorum .*\(--allow-quorum-loss; needs `power`\)$/m);
});

test("--list --json prints the same list as JSON, with the option that a scenario needs", async () => {
  const { exitCode, stdout } = await tripod(["--list", "--json"]);
  const scenarios = JSON.parse(stdout) as { name: string; title: string; option?: string }[];
  expect([exitCode, scenarios.length]).toEqual([0, (await tripod(["--list"])).stdout.trim().split("\n").length]);
  expect(scenarios).toContainEqual({ name: "power-holder", title: "power cut of the VIP holder", needs: "power" });
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

test.each([
  [["power", "holder"], "there are no scenarios power, holder, did you mean `power-holder`?"],
  [
    ["api", "server", "holder", "kubelet"],
    "there are no scenarios api, server, holder, did you mean `api-server-holder`?",
  ],
  [["quorom", "nothing"], "there are no scenarios quorom, nothing, did you mean `quorum`?"],
  [["nothing", "at-all"], "there are no scenarios nothing, at-all (E_USAGE)"],
])("every unknown name of %j is reported at once, and words that are one name are known", async (names, told) => {
  const { exitCode, stderr } = await tripod([...INVENTORY, ...names]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(told)]);
});

test("a power cut that is asked for by name is refused where the inventory sets none", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "power-holder", "cut-holder", "--confirm", "production"]);
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^power-holder needs `power`, which the inventory does not set \(E_USAGE\)$/m);
  expect(stderr).toContain("→ set `power.off` and `power.on`");
  expect((await tripod([...INVENTORY, "power-master", "power-holder", "--rounds", "2"])).stderr).toContain(
    "power-holder, power-master need `power`",
  );
});

test("a power cut is not refused on a lab's machines, nor where the inventory sets `power`", () => {
  const cuts = SCENARIOS.filter(({ name }) => name === "power-holder");
  const power = { off: "off {{name}}", on: "on {{name}}" };
  for (const how of [{ lab: true as const }, { power }])
    expect(() => mustHavePower({ ...testCluster(), ...how }, cuts)).not.toThrow();
  expect(() => mustHavePower(testCluster(), cuts)).toThrow("power-holder needs `power`");
});

test("the confirmation of the usual scenarios names those that are skipped without power", async () => {
  const { stderr } = await tripod(INVENTORY, { isTTY: true, typed: "no" });
  expect(stderr).toMatch(/^Skipped, because the inventory has no `power`: power-holder(, [a-z-]+)*$/m);
  expect(stderr).not.toContain(titleOf("power-holder"));
});

test("the help names `power`, which power cuts need", async () => {
  expect((await tripod(["--help"])).stdout.replace(/\s+/g, " ")).toContain("need the inventory's `power`, or --lab");
});

test("naming the scenario alone does not stop the quorum", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "quorum", "--confirm", "production"]);
  expect([exitCode, stderr]).toEqual([24, expect.stringContaining("--allow-quorum-loss")]);
});

test("nothing is broken on real machines where nobody is there to agree", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "cut-holder"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("add --confirm production")]);
});

test("nothing is broken on another cluster than the one that was meant", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "--confirm", "staging"]);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("the cluster's name is production")]);
});

test("whoever does not type the cluster's name has changed their mind", async () => {
  const { exitCode, stderr } = await tripod([...INVENTORY, "etcd-leader"], { isTTY: true, typed: "yes" });
  expect(exitCode).toBe(130);
  expect(stderr).toContain(titleOf("etcd-leader"));
  expect(stderr).not.toContain("Skipped");
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
