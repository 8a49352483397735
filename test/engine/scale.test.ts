import { describe, expect, test } from "vitest";
import { layOut } from "../../src/engine/graph.ts";
import type { Narrowing } from "../../src/engine/narrow.ts";
import { run } from "../../src/engine/run.ts";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { PHASES } from "../../src/phases/index.ts";
import { allHosts, type Phase } from "../../src/phases/phase.ts";
import { preflight } from "../../src/phases/preflight/index.ts";
import { podNetwork } from "../../src/phases/pod-network.ts";
import { hostsOf } from "../phases/preflight/fit.ts";
import { situation } from "../support/context.ts";
import { clusterOf, countingUses, promisesOf } from "../support/counted.ts";

/** The phases as they are, on the hosts they are for, but with nothing to do there. */
const IDLE: readonly Phase[] = PHASES.map((phase) => ({ ...phase, resources: () => [], until: () => [] }));

const [FEW, MANY] = [20, 80];
/** Of four times as many hosts four times as much is expected, and the least that is not: sixteen times. */
const LINEAR = 5;

interface Count {
  readonly promises: number;
  readonly uses: number;
}

async function counted(phases: readonly Phase[], machines: number, only?: Narrowing): Promise<Count> {
  const cluster = clusterOf(machines);
  const { hosts, uses } = countingUses(hostsOf(cluster));
  const promises = await promisesOf(() => planned(phases, cluster, hosts, only));
  return { promises, uses: uses() };
}

function planned(phases: readonly Phase[], cluster: Cluster, hosts: readonly Host[], only?: Narrowing) {
  const { signal } = new AbortController();
  return run(phases, cluster, hosts, { mode: "plan", sink: () => undefined, signal, ...(only && { only }) });
}

async function growth(phases: readonly Phase[], only?: (machines: number) => Narrowing): Promise<Count> {
  const few = await counted(phases, FEW, only?.(FEW));
  const many = await counted(phases, MANY, only?.(MANY));
  return { promises: many.promises / few.promises, uses: many.uses / few.uses };
}

describe("four times as many hosts cost a plan four times as much", () => {
  test("of phases that do nothing: in promises, and in what is asked of hosts", async () => {
    const { promises, uses } = await growth(IDLE);
    expect(promises).toBeLessThan(LINEAR);
    expect(uses).toBeLessThan(LINEAR);
  });

  test("of the preflight and the pod network, which compare each host with all others", async () => {
    const { promises, uses } = await growth([preflight, { ...podNetwork, needs: [allHosts({ name: "preflight" })] }]);
    expect(promises).toBeLessThan(LINEAR);
    expect(uses).toBeLessThan(LINEAR);
  });

  test.each<[string, (machines: number) => Narrowing]>([
    ["to one phase", () => ({ phases: ["nodes"] })],
    ["to half of the hosts", (machines) => ({ hosts: clusterOf(machines / 2).machines.map(({ name }) => name) })],
    ["to the first and the last phase", () => ({ phases: ["packages", "health"] })],
  ])("where it is narrowed %s", async (_, only) => {
    const { promises, uses } = await growth(IDLE, only);
    expect(promises).toBeLessThan(LINEAR);
    expect(uses).toBeLessThan(LINEAR);
  });
});

test("what a phase on all hosts waits for is one list of steps for all of them", () => {
  const cluster = clusterOf(MANY);
  const steps = layOut(PHASES, situation(cluster), hostsOf(cluster));
  const groups = new Set(steps.flatMap(({ after }) => after));
  const edges = [...groups].reduce((sum, group) => sum + group.length, 0);
  // Each step is in one list of its own, and in one with all of its phase.
  expect(edges).toBeLessThanOrEqual(2 * steps.length);
});
