import type { DrillEvent } from "./events.ts";
import { type Attempt, attempts, type Span } from "./outages.ts";

type ScenarioEvent = Extract<DrillEvent, { readonly scenario: number }>;
export type ScenarioStart = Extract<DrillEvent, { readonly type: "scenario.start" }>;

/** A scenario's time, and the events up to its end: later ones do not affect it. */
export interface ScenarioWindow extends Span {
  readonly start: ScenarioStart;
  /** The time just before the disruption, as a baseline. */
  readonly before: Span;
  /** All events up to the end, those of other scenarios too. */
  readonly emitted: readonly DrillEvent[];
  /** The scenario's own events. */
  readonly events: readonly ScenarioEvent[];
}

/** Length of the baseline before a disruption, at most, ms. */
const BASELINE = 5000;

/** Undefined where the scenario has not begun. */
export function windowOf(events: readonly DrillEvent[], scenario: number): ScenarioWindow | undefined {
  const end = events.findIndex((event) => event.type === "scenario.end" && event.scenario === scenario);
  const emitted = end < 0 ? events : events.slice(0, end);
  const own = emitted.filter((event): event is ScenarioEvent => "scenario" in event && event.scenario === scenario);
  const start = own.find((event) => event.type === "scenario.start");
  if (!start) return undefined;
  const disrupt = own.find(({ type }) => type === "disrupt")?.at ?? start.at;
  const ended = emitted.flatMap((event) => (event.type === "scenario.end" && event.at <= start.at ? event.at : []));
  return {
    start,
    from: start.at,
    to: emitted.reduce((last, event) => Math.max(last, lastOf(event)), start.at),
    before: { from: Math.max(disrupt - BASELINE, ...ended), to: disrupt },
    emitted,
    events: own,
  };
}

/** The attempts of each probe. */
export function attemptsByProbe(events: readonly DrillEvent[]): Map<string, Attempt[]> {
  const byProbe = new Map<string, Attempt[]>();
  for (const event of events) {
    if (event.type !== "probe.samples") continue;
    const all = byProbe.get(event.probe) ?? [];
    for (const attempt of attempts(event.at, event.samples)) all.push(attempt);
    byProbe.set(event.probe, all);
  }
  return byProbe;
}

/** The last moment that an event covers. */
function lastOf(event: DrillEvent): number {
  if (event.type !== "probe.samples") return event.at;
  return event.samples.reduce((last, [offset, ms]) => Math.max(last, event.at + offset + ms), event.at);
}
