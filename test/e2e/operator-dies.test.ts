import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ERRORS } from "../../src/errors.ts";
import { loadCluster } from "../../src/inventory/load.ts";
import { enterLab } from "../../src/lab/overrides.ts";
import { type LabStory, labStory } from "../support/lab-story.ts";
import { eventsOf, tripodMust } from "../support/tripod.ts";

const OPERATOR = fileURLToPath(new URL("../support/dying-operator.ts", import.meta.url));

/** At every resource takes a quarter of an hour: else at one of so many, each time at others. */
const PARTS = process.env.TRIPOD_ALL === "1" ? 1 : 6;
const PART = Math.floor(Math.random() * PARTS);

let lab: LabStory;

beforeAll(async () => (lab = await labStory("dies")));
afterAll(() => lab[Symbol.asyncDispose]());

/** One life: `true` where it came to its end, `false` where it was killed. Anything else fails the test. */
async function live(memory: string, patience = 10): Promise<boolean> {
  const enter = enterLab(await loadCluster(lab.inventory));
  const argv = [
    ...enter.slice(1),
    process.execPath,
    "--import",
    "tsx",
    OPERATOR,
    lab.inventory,
    memory,
    String(PART),
    String(PARTS),
  ];
  const child = spawn(enter[0] ?? "", argv, { stdio: ["ignore", "inherit", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code === ERRORS.E_LOCKED.exit) return live(memory, patience - 1);
  if (patience === 0 || (signal !== "SIGKILL" && code !== 0 && code !== 137))
    throw new Error(`the operator ended with ${code ?? signal}:\n${said}`);
  return code === 0;
}

describe("the operator dies", () => {
  it(
    `at ${PARTS === 1 ? "every resource" : "many resources"} of a bootstrap, and each time the next run continues to the same end`,
    async () => {
      const memory = join(lab.folder, "deaths.json");
      await writeFile(memory, "{}");
      let kills = 0;
      while (!(await live(memory))) kills++;
      const deaths = JSON.parse(await readFile(memory, "utf8")) as Record<string, string[]>;
      const all = Object.values(deaths).flat();
      const count = (how: string) => all.filter((each) => each === how).length;
      console.log(
        `part ${PART} of ${PARTS}: ${kills} kills: ${count("before")} before a resource (as many as changed: ${Object.keys(deaths).length}), ` +
          `${count("while")} while its command ran, ${count("after")} right after`,
      );
      expect(kills).toBe(all.length);
      expect(count("before")).toBe(Object.keys(deaths).length);
      expect(count("before")).toBeGreaterThan(150 / PARTS / 2);

      const { nodes } = await lab.status();
      expect(nodes.map(({ ready }) => ready)).toEqual([true, true, true, true, true]);
      const plan = eventsOf(await tripodMust("plan", "--lab", "-i", lab.inventory, "--json"));
      expect(plan.filter(({ type }) => type === "resource.change")).toEqual([]);
    },
    40 * 60_000,
  );
});
