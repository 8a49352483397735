import type { DrillEvent, ScenarioOutcome } from "../../drills/events.ts";
import { type Held, holdersOf, uncovered } from "../../drills/holders.ts";
import type { Span } from "../../drills/outages.ts";
import { type ScenarioVerdict, verdictOf } from "../../drills/verdict.ts";
import { type ScenarioStart, windowOf } from "../../drills/window.ts";
import type { ErrorRecord } from "../../engine/events.ts";
import { type Wait, waitsOf } from "../waits.ts";
import { type Led, leadersOf, termChangesOf } from "./leaders.ts";

/** How a scenario or drill ended; `unfinished`: the record has no end. */
export type DrillOutcome = ScenarioOutcome | "unfinished";

/** What was done in a scenario, and its results. Times are ms since the epoch. */
export interface ScenarioReport extends ScenarioVerdict {
  /** Counts from 1, in the order in which they ran. */
  readonly scenario: number;
  readonly name: string;
  readonly title: string;
  /** The disruption and its victim: `power of m1 cut`. */
  readonly what: string;
  readonly victims: readonly string[];
  /** Reads and writes were expected to stop. */
  readonly stops: boolean;
  readonly divides: boolean;
  /** What was done was meant to stay. */
  readonly stays: boolean;
  readonly outcome: DrillOutcome;
  readonly times: Times;
  readonly holders: readonly Held[];
  /** Times in which no master held the VIP. */
  readonly nobody: readonly Span[];
  readonly leaders: readonly Led[];
  /** Times in which no etcd member knew of a leader. */
  readonly leaderless: readonly Span[];
  readonly termChanges: number;
  readonly waits: readonly Wait[];
  readonly errors: readonly ErrorRecord[];
}

/** Absent is what did not happen. */
interface Times {
  /** The disruption begins, is in force, begins to be undone, is undone. */
  readonly disrupt?: number;
  readonly disrupted?: number;
  readonly restore?: number;
  readonly restored?: number;
  /** The cluster has recovered. */
  readonly whole?: number;
}

export function scenarioOf(events: readonly DrillEvent[], start: ScenarioStart): ScenarioReport {
  const { scenario, name, title, what, victims, stops, divides, stays = false } = start;
  const verdict = verdictOf(events, scenario);
  const window = windowOf(events, scenario);
  const own = window?.events ?? [];
  const end = events.find((event) => event.type === "scenario.end" && event.scenario === scenario);
  const ended = end?.type === "scenario.end" ? end : undefined;
  const waits = waitsOf(
    own.flatMap((event) =>
      event.type === "condition.waiting" || event.type === "condition.met" ? [{ ...event, phase: name, host: "" }] : [],
    ),
    0,
    verdict.to,
  );
  const holders = holdersOf(window?.emitted ?? [], verdict);
  // Before the first report of a master it is unknown who held it.
  const since = (type: "vip" | "etcd") => {
    const first = window?.emitted.find((event) => event.type === type)?.at ?? verdict.to;
    return { from: Math.max(verdict.from, first), to: verdict.to };
  };
  const leaders = leadersOf(window?.emitted ?? [], verdict);
  return {
    ...verdict,
    scenario,
    name,
    title,
    what,
    victims,
    stops,
    divides,
    stays,
    outcome: ended?.outcome ?? "unfinished",
    times: timesOf(own, ended !== undefined && ended.outcome !== "failed"),
    holders,
    nobody: uncovered(holders, since("vip")),
    leaders,
    leaderless: uncovered(leaders, since("etcd")),
    termChanges: termChangesOf(leaders),
    waits,
    errors: ended?.errors ?? [],
  };
}

/** @param recovered whether all conditions after the disruption were met */
function timesOf(own: readonly DrillEvent[], recovered: boolean): Times {
  const times: { -readonly [Moment in keyof Times]: number } = {};
  for (const { type, at } of own)
    if (type === "disrupt" || type === "disrupted" || type === "restore" || type === "restored") times[type] ??= at;
  const { restored } = times;
  const whole = own.findLast(({ type }) => type === "condition.met")?.at;
  if (recovered && restored !== undefined) times.whole = Math.max(restored, whole ?? restored);
  return times;
}
