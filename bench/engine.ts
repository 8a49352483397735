/**
 * What the engine itself costs: a plan's walk over hosts that do nothing, by the phases as they are but without anything to do in them.
 * Contacts nothing. CPU time counts, not time on the wall.
 *
 *   npx tsx bench/engine.ts [HOSTS]
 */
import { run } from "../src/engine/run.ts";
import { PHASES } from "../src/phases/index.ts";
import type { Phase } from "../src/phases/phase.ts";
import { clusterOf } from "../test/support/counted.ts";
import { scriptedHost } from "../test/support/scripted-host.ts";
import { limit, measured } from "./measured.ts";

const many = Number(process.argv[2] ?? "1000");
const few = many / 10;

const idle = PHASES.map((phase): Phase => ({ ...phase, resources: () => [], until: () => [] }));

async function walk(machines: number): Promise<void> {
  const cluster = clusterOf(machines);
  const hosts = cluster.machines.map((machine) => scriptedHost({ machine, answer: () => "" }));
  const { signal } = new AbortController();
  await run(idle, cluster, hosts, { mode: "plan", sink: () => undefined, signal });
}

// The first find code that has never run.
for (let round = 0; round < 3; round++) await walk(few);
const ten = await measured(async () => {
  for (let round = 0; round < 10; round++) await walk(few);
});
const small = { cpu: ten.cpu / 10, wall: ten.wall / 10 };
const large = await measured(() => walk(many));
const memory = process.resourceUsage().maxRSS / 1024;

for (const [machines, { cpu, wall }] of [[few, small] as const, [many, large] as const])
  console.log(`${machines} hosts: ${(cpu / 1000).toFixed(2)} s of CPU, ${(wall / 1000).toFixed(2)} s on the wall`);
limit(`a plan's walk over ${many} hosts that do nothing`, large.cpu / 1000, 3, "s");
limit("memory of the whole process at its most", memory, 250, "MB");
limit(`${few} → ${many} hosts`, large.cpu / small.cpu, 12, "times");
