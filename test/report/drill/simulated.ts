import type {
  DrillEvent,
  LedgerResult,
  Limits,
  ProbeInfo,
  ProbeName,
  Sample,
  ScenarioOutcome,
} from "../../../src/drills/events.ts";
import { verdictOf } from "../../../src/drills/verdict.ts";
import type { ErrorRecord } from "../../../src/engine/events.ts";
import { testCluster } from "../../support/cluster.ts";

/** How the requests of some probes fail for a while; times are ms after the disruption. */
interface Trouble {
  readonly probes: readonly ProbeName[];
  readonly from: number;
  readonly to: number;
  readonly error: string;
  /** After which a request has failed, ms. */
  readonly after: number;
  /** The share of requests that fail. Default: all. */
  readonly share?: number;
}

/** What happens in a simulated scenario; times are ms after the disruption. */
export interface Script {
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly victims: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly stops?: boolean;
  readonly divides?: boolean;
  /** When it is restored, and when the cluster has recovered. */
  readonly restore: number;
  readonly whole: number;
  readonly troubles: readonly Trouble[];
  readonly vip?: readonly (readonly [at: number, host: string, held: boolean])[];
  /** A leader of `undefined` is a member that does not answer. */
  readonly etcd?: readonly (readonly [at: number, host: string, leader: string | undefined, term: number])[];
  readonly waits?: readonly (readonly [at: number, condition: string, reason: string])[];
  readonly errors?: readonly ErrorRecord[];
  readonly ledger?: Partial<LedgerResult>;
}

export interface Skipped {
  readonly name: string;
  readonly title: string;
  readonly skipped: string;
}

export const PROBES: readonly ProbeInfo[] = [
  { id: "vip@operator", name: "vip", title: "TCP connection to the VIP", from: "operator" },
  { id: "apiLive@operator", name: "apiLive", title: "/livez through the VIP", from: "operator" },
  { id: "apiRead@operator", name: "apiRead", title: "read through the VIP", from: "operator" },
  { id: "apiRead@w2", name: "apiRead", title: "read through the VIP", from: "w2" },
  { id: "apiWrite@operator", name: "apiWrite", title: "write through the VIP", from: "operator" },
  { id: "watch@operator", name: "watch", title: "watch through the VIP", from: "operator" },
  { id: "service@w2", name: "service", title: "HTTP through the Service", from: "w2" },
  { id: "nodePort@operator", name: "nodePort", title: "HTTP through a NodePort", from: "operator" },
];

/** ms that a good answer takes at least. */
const TAKES: Readonly<Record<ProbeName, number>> = {
  vip: 1,
  apiLive: 3,
  apiRead: 4,
  apiWrite: 8,
  watch: 10,
  service: 2,
  nodePort: 2,
};

export const STARTED_AT = Date.UTC(2026, 10, 20, 14, 3, 12);
const INTERVAL = 50;
const TIMEOUT = 1000;
/** From a scenario's start to its disruption, and from one scenario's end to the next one's start, ms. */
const CALM = 2000;
const PAUSE = 400;

/** The events of a drill, always the same. */
export function simulated(scripts: readonly (Script | Skipped)[]): DrillEvent[] {
  const events: DrillEvent[] = [begun(scripts), { type: "vip", at: STARTED_AT + 200, host: "m1", held: true }];
  for (const host of ["m1", "m2", "m3"])
    events.push({ type: "etcd", at: STARTED_AT + 300, host, healthy: true, leader: "m1", term: 7 });
  const random = newRandom();
  let at = STARTED_AT + 3000;
  let measured = STARTED_AT + 500;
  let scenario = 0;
  const outcomes: ScenarioOutcome[] = [];
  for (const script of scripts) {
    if ("skipped" in script) {
      const { name, title, skipped } = script;
      events.push({ type: "scenario.skip", at, name, title, reason: skipped });
      continue;
    }
    scenario++;
    events.push(startOf(script, scenario, at));
    const disrupt = at + CALM;
    const end = disrupt + script.whole + 500;
    events.push(...eventsOf(script, scenario, disrupt), ...samples(script, measured, end, disrupt, random));
    measured = end;
    const { breaches } = verdictOf(events, scenario);
    const errors = script.errors ?? [];
    const outcome = errors.length > 0 ? "failed" : breaches.length > 0 ? "breach" : "ok";
    events.push({ type: "scenario.end", at: end, scenario, outcome, breaches, errors });
    outcomes.push(outcome);
    at = end + PAUSE;
    if (outcome === "failed") break;
  }
  const outcome = (["failed", "breach"] as const).find((worst) => outcomes.includes(worst)) ?? "ok";
  return [...events, { type: "drill.end", at, outcome, ms: at - STARTED_AT }];
}

function begun(scripts: readonly (Script | Skipped)[]): DrillEvent {
  return {
    type: "drill.start",
    at: STARTED_AT,
    cluster: "lab",
    masters: ["m1", "m2", "m3"],
    workers: ["w1", "w2"],
    vip: "10.0.0.100",
    versions: {
      kubernetes: "v1.20.2",
      etcd: "3.4.23",
      keepalived: "Keepalived v2.2.7 (01/16,2022)",
      containerd: "containerd github.com/containerd/containerd 1.6.20~ds1",
      system: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.1.0-18-amd64",
    },
    probes: PROBES,
    interval: INTERVAL,
    timeout: TIMEOUT,
    limits: testCluster().drill.limits,
    scenarios: scripts.map(({ name }) => name),
  };
}

function startOf(script: Script, scenario: number, at: number): DrillEvent {
  const { name, title, what, victims, limits = {}, stops = false, divides = false, restore } = script;
  const undoneAfter = restore + 30_000;
  return { type: "scenario.start", at, scenario, name, title, what, victims, limits, stops, divides, undoneAfter };
}

/** All that is not a sample, in the order in which it happens. */
function eventsOf(script: Script, scenario: number, disrupt: number): DrillEvent[] {
  const { restore, whole, vip = [], etcd = [], waits = [], errors = [], ledger } = script;
  const attempted = Math.round((whole + CALM) / INTERVAL);
  const result = {
    attempted,
    acknowledged: attempted - 20,
    unacknowledgedThere: 1,
    lost: [],
    outOfOrder: [],
    unseen: [],
  };
  const events: DrillEvent[] = [
    { type: "disrupt", at: disrupt, scenario },
    { type: "disrupted", at: disrupt + 60, scenario },
    { type: "restore", at: disrupt + restore, scenario },
    { type: "restored", at: disrupt + restore + 120, scenario },
    ...vip.map(([at, host, held]): DrillEvent => ({ type: "vip", at: disrupt + at, host, held })),
    ...etcd.map(([at, host, leader, term]): DrillEvent =>
      leader === undefined
        ? { type: "etcd", at: disrupt + at, host, healthy: false }
        : { type: "etcd", at: disrupt + at, host, healthy: true, leader, term },
    ),
    ...waits.map(([at, condition, reason], index): DrillEvent => ({
      type: "condition.waiting",
      at: disrupt + at,
      scenario,
      condition,
      reason,
      ms: index,
    })),
  ];
  if (errors.length === 0) {
    const condition = "every probe is answered for 2 s";
    events.push({ type: "condition.met", at: disrupt + whole, scenario, condition, ms: 2000 });
    for (const title of new Set(waits.map(([, title]) => title)))
      events.push({ type: "condition.met", at: disrupt + whole - 2000, scenario, condition: title, ms: 0 });
    events.push({ type: "ledger", at: disrupt + whole + 400, scenario, result: { ...result, ...ledger } });
  }
  return events.toSorted((one, other) => one.at - other.at);
}

/** A second of each probe at a time, as its attempts ended. */
function samples({ troubles }: Script, from: number, to: number, disrupt: number, random: () => number): DrillEvent[] {
  return PROBES.flatMap(({ id, name }) => {
    const mine = troubles.filter(({ probes }) => probes.includes(name));
    const events: DrillEvent[] = [];
    for (let second = from; second < to; second += 1000) {
      const batch: Sample[] = [];
      for (let offset = 0; offset < 1000 && second + offset < to - TIMEOUT / 2; offset += INTERVAL) {
        const sent = second + offset + Math.floor(random() * 4);
        const after = sent - disrupt;
        const trouble = mine.find((each) => after >= each.from && after < each.to && random() < (each.share ?? 1));
        const took = TAKES[name] + Math.floor(random() ** 6 * 30);
        batch.push(trouble ? [sent - second, trouble.after, trouble.error] : [sent - second, took, null]);
      }
      batch.sort(([one, tookOne], [other, tookOther]) => one + tookOne - other - tookOther);
      events.push({ type: "probe.samples", at: second, probe: id, samples: batch });
    }
    return events;
  });
}

/** The same numbers each time: https://en.wikipedia.org/wiki/Linear_congruential_generator, with the constants of Numerical Recipes. */
function newRandom(): () => number {
  let state = 4;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
