import type { DrillEvent, ScenarioOutcome } from "../../drills/events.ts";
import { type Held, holdersOf, uncovered } from "../../drills/holders.ts";
import type { Span } from "../../drills/outages.ts";
import { type ScenarioStart, windowOf } from "../../drills/window.ts";
import { type ScenarioVerdict, verdictOf } from "../../drills/verdict.ts";
import type { ErrorRecord } from "../../engine/events.ts";
import { type Wait, waitsOf } from "../waits.ts";
import { type Led, leadersOf, termChangesOf } from "./leaders.ts";

/** How something ended; unfinished: the record does not tell. */
export type DrillOutcome = ScenarioOutcome | "unfinished";

/** What was done in a scenario, and what became of it. Moments are ms since the epoch. */
export interface ScenarioReport extends ScenarioVerdict {
  /** Counts from 1, in the order in which they were run. */
  readonly scenario: number;
  readonly name: string;
  readonly title: string;
  /** What was done to whom: `power of m1 cut`. */
  readonly what: string;
  readonly victims: readonly string[];
  /** Reads and writes were meant to stop. */
  readonly stops: boolean;
  readonly divides: boolean;
  /** What was done was meant to stay. */
  readonly stays: boolean;
  readonly outcome: DrillOutcome;
  readonly times: Times;
  readonly holders: readonly Held[];
  /** Times in which nobody held the VIP. */
  readonly nobody: readonly Span[];
  readonly leaders: readonly Led[];
  /** Times in which no member of etcd knew of a leader. */
  readonly leaderless: readonly Span[];
  readonly termChanges: number;
  readonly waits: readonly Wait[];
  readonly errors: readonly ErrorRecord[];
}

/** Absent is what did not come to pass. */
interface Times {
  /** The disruption is about to be made, is there, is about to be undone, is undone. */
  readonly disrupt?: number;
  readonly disrupted?: number;
  readonly restore?: number;
  readonly restored?: number;
  /** Everything is as healthy as before. */
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
  const holders = holdersOf(window?.told ?? [], verdict);
  // Before anybody told of it, it is not known whose it was.
  const since = (type: "vip" | "etcd") => {
    const first = window?.told.find((event) => event.type === type)?.at ?? verdict.to;
    return { from: Math.max(verdict.from, first), to: verdict.to };
  };
  const leaders = leadersOf(window?.told ?? [], verdict);
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

/** @param healed whether everything that was waited for came true */
function timesOf(own: readonly DrillEvent[], healed: boolean): Times {
  const times: { -readonly [Moment in keyof Times]: number } = {};
  for (const { type, at } of own)
    if (type === "disrupt" || type === "disrupted" || type === "restore" || type === "restored") times[type] ??= at;
  const { restored } = times;
  const whole = own.findLast(({ type }) => type === "condition.met")?.at;
  if (healed && restored !== undefined) times.whole = Math.max(restored, whole ?? restored);
  return times;
}
