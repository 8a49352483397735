import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/drills/scenario.ts";
import type { DrillEvent, LedgerResult } from "../../src/drills/events.ts";
import type { Ledger } from "../../src/drills/ledger.ts";
import type { Environment } from "../../src/drills/environment.ts";
import { runScenario } from "../../src/drills/run-scenario.ts";
import { testCluster } from "../support/cluster.ts";

const cluster = testCluster();
const signal = new AbortController().signal;
const holds = { title: "it holds", within: 1000, holds: () => Promise.resolve(true as const) };
const nothing = { attempted: 0, acknowledged: 0, unacknowledgedThere: 0, lost: [], outOfOrder: [], unseen: [] };

const harmless: Scenario = {
  name: "kubelet",
  title: "nothing is broken",
  usual: false,
  lasts: [0, 0],
  prepare: () => Promise.resolve({ what: "nothing", victims: [], begin: done, end: done }),
};

function done(): Promise<void> {
  return Promise.resolve();
}

/** An environment in which everything is healthy. @param audit gets the audited scenario, and the one that writes belong to meanwhile */
function calmEnvironment(audit: (scenario: number, writing: number) => LedgerResult): Environment {
  let current = 0;
  const ledger: Ledger = {
    write: done,
    startScenario: (scenario) => (current = scenario),
    currentScenario: () => current,
    settled: () => holds,
    audit: () => Promise.resolve(nothing),
  };
  const events: DrillEvent[] = [
    {
      type: "drill.start",
      at: 0,
      cluster: cluster.name,
      masters: [],
      workers: [],
      vip: cluster.loadBalancer.vip,
      versions: {},
      probes: [],
      interval: cluster.drill.interval,
      timeout: cluster.drill.timeout,
      limits: cluster.drill.limits,
      scenarios: ["kubelet"],
    },
  ];
  return {
    setup: { cluster, masters: [], workloadWithout: () => holds } as unknown as Environment["setup"],
    recorder: { record: () => undefined, flush: () => undefined, servedFor: () => holds, unanswered: () => [] },
    ledger,
    audit: (scenario) => Promise.resolve(audit(scenario, current)),
    poweredOff: () => undefined,
    sink: (event) => events.push(event),
    events,
    signal,
  };
}

describe("a scenario", () => {
  it("is audited for what was written until its end, not for what is written during the audit", async () => {
    const audited: [number, number][] = [];
    const environment = calmEnvironment((scenario, writing) => {
      audited.push([scenario, writing]);
      return nothing;
    });
    expect(await runScenario(harmless, 1, environment)).toBe("ok");
    expect(audited).toEqual([[1, 0]]);
  });

  it("in which an acknowledged write was lost is a breach", async () => {
    const environment = calmEnvironment(() => ({ ...nothing, attempted: 3, acknowledged: 3, lost: [2] }));
    expect(await runScenario(harmless, 1, environment)).toBe("breach");
  });
});
