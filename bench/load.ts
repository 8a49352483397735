/**
 * What a machine that is busy to its limits does to a cluster. On a lab that is made for it. Root, and `npm run build` before.
 *
 *   npx tsx bench/load.ts [SECONDS]   false failovers: every processor of every machine is busy for so long (300); how often the VIP moved
 *   npx tsx bench/load.ts drill       the usual drill while something else keeps this machine's processors busy: what each scenario came to
 */
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import type { DrillEvent } from "../src/drills/events.ts";
import { type LabStory, labStory } from "../test/support/lab-story.ts";
import { tripod, tripodMust } from "../test/support/tripod.ts";

const MASTERS = ["m1", "m2", "m3"];
const HOSTS = [...MASTERS, "w1", "w2"];
const BUSY = "while :; do :; done";
/** Whatever becomes of this bench, s: a drill of the usual scenarios takes less. */
const LONGEST = 1200;

const [mode = "300"] = process.argv.slice(2);
await using lab = await labStory("bench-load");
await tripodMust("apply", "--yes", "--lab", "-i", lab.inventory);
await (mode === "drill" ? drilled(lab) : failovers(lab, Number(mode)));

async function failovers(story: LabStory, seconds: number): Promise<void> {
  const { vipHolders: before } = await story.untilHealthy();
  const [busy, moves] = await Promise.all([
    Promise.all(
      HOSTS.map((host) =>
        story.on(host, `for n in $(nproc); do timeout ${seconds} sh -c '${BUSY}' & done; wait; uptime`),
      ),
    ),
    // A line for each address that comes or goes; what ends it is the time.
    Promise.all(MASTERS.map((master) => story.on(master, `timeout ${seconds} ip -4 monitor address dev eth0 || true`))),
  ]);
  const { vipHolders: after } = await story.untilHealthy();
  console.log(`load at the end: ${busy[0]?.replace(/.*load average: /s, "").trim() ?? "?"}`);
  console.log(
    `VIP on ${before.join(", ")} before, on ${after.join(", ")} after; addresses came or went on the masters: ${moves.join("").split("\n").filter(Boolean).length} times in ${seconds} s`,
  );
}

/** A scenario may break a limit under load, and then says which. That the drill itself cannot go on would be Tripod's fault. */
async function drilled(story: LabStory): Promise<void> {
  await story.untilHealthy();
  const busy = busyProcessors();
  const { code, stdout, stderr } = await tripod("drill", "--lab", "-i", story.inventory, "--json").finally(() =>
    busy.forEach((child) => child.kill()),
  );
  const events = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as DrillEvent);
  const starts = events.filter((event) => event.type === "scenario.start");
  for (const { scenario, name } of starts) {
    const end = events.find((event) => event.type === "scenario.end" && event.scenario === scenario);
    const { outcome, breaches, errors } =
      end?.type === "scenario.end" ? end : { outcome: "did not come to its end", breaches: [], errors: [] };
    console.log([`${name}: ${outcome}`, ...breaches, ...errors.map(({ message }) => message)].join("\n  "));
  }
  console.log(`the drill played ${starts.length} scenarios and ended with ${code}`);
  if (code !== 0 && code !== 30) throw new Error(stderr);
}

/** Each of this machine's processors has something else to do. */
function busyProcessors(): ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn("timeout", [String(LONGEST), "sh", "-c", BUSY], { stdio: "ignore" }),
  );
}
