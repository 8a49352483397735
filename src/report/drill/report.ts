import type { DrillEvent, DrillSetting, LedgerResult } from "../../drills/events.ts";
import { roundsOf, type RoundsReport } from "./rounds.ts";
import { type DrillOutcome, type ScenarioReport, scenarioOf } from "./scenario.ts";

/** What a drill did, and the outages that its clients saw. Times are ms since the epoch, lengths ms. */
export interface DrillReport extends DrillSetting {
  readonly startedAt: number;
  readonly wallMs: number;
  readonly outcome: DrillOutcome;
  /** In the order in which they ran. */
  readonly scenarios: readonly ScenarioReport[];
  readonly skipped: readonly SkippedScenario[];
  /** Names of scenarios that were selected, but not started. */
  readonly notBegun: readonly string[];
  /** Of scenarios that ran more than once. */
  readonly rounds: readonly RoundsReport[];
  /** Of all scenarios together; undefined where no ledger was audited. */
  readonly ledger: LedgerTotals | undefined;
}

/** A scenario that could not run here. */
interface SkippedScenario {
  readonly name: string;
  readonly title: string;
  readonly reason: string;
}

/** Numbers of writes. */
export type LedgerTotals = Readonly<Record<keyof LedgerResult, number>>;

/** Computes the report from the events of one drill, finished or not; undefined where they contain no start. */
export function drillReportOf(events: readonly DrillEvent[]): DrillReport | undefined {
  const start = events.find((event) => event.type === "drill.start");
  if (!start) return undefined;
  const end = events.find((event) => event.type === "drill.end");
  const scenarios = events.flatMap((event) => (event.type === "scenario.start" ? [scenarioOf(events, event)] : []));
  const skipped = events.flatMap((event) =>
    event.type === "scenario.skip" ? [{ name: event.name, title: event.title, reason: event.reason }] : [],
  );
  const { cluster, masters, workers, vip, versions, probes, interval, timeout, limits } = start;
  return {
    cluster,
    startedAt: start.at,
    wallMs: end?.ms ?? Math.max(...events.map(({ at }) => at)) - start.at,
    outcome: end?.outcome ?? "unfinished",
    masters,
    workers,
    vip,
    versions,
    probes,
    interval,
    timeout,
    limits,
    scenarios,
    skipped,
    notBegun: without(start.scenarios, [...scenarios, ...skipped]),
    rounds: roundsOf(scenarios),
    ledger: totals(scenarios.flatMap(({ ledger }) => ledger ?? [])),
  };
}

/** A scenario that was selected three times and ran twice remains once. */
function without(names: readonly string[], done: readonly { readonly name: string }[]): string[] {
  const left = [...names];
  for (const { name } of done) if (left.includes(name)) left.splice(left.indexOf(name), 1);
  return left;
}

function totals(results: readonly LedgerResult[]): LedgerTotals | undefined {
  if (results.length === 0) return undefined;
  const sum = (count: (result: LedgerResult) => number) => results.reduce((total, result) => total + count(result), 0);
  return {
    attempted: sum(({ attempted }) => attempted),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    unacknowledgedThere: sum(({ unacknowledgedThere }) => unacknowledgedThere),
    lost: sum(({ lost }) => lost.length),
    outOfOrder: sum(({ outOfOrder }) => outOfOrder.length),
    unseen: sum(({ unseen }) => unseen.length),
  };
}
