import type { DrillEvent } from "./events.ts";
import { type Attempt, attempts, type Span } from "./outages.ts";

type ScenarioEvent = Extract<DrillEvent, { readonly scenario: number }>;
export type ScenarioStart = Extract<DrillEvent, { readonly type: "scenario.start" }>;

/** A scenario, and what was told until it ended: what is told later changes nothing of it. */
export interface ScenarioWindow extends Span {
  readonly start: ScenarioStart;
  /** The time just before the disruption: how it is without one. */
  readonly before: Span;
  /** All that was told until then, that of other scenarios too. */
  readonly told: readonly DrillEvent[];
  /** Its own. */
  readonly events: readonly ScenarioEvent[];
}

/** The time before a disruption that is looked at, at most, ms. */
const BASE_LINE = 5000;

/** Undefined where that scenario has not begun. */
export function windowOf(events: readonly DrillEvent[], scenario: number): ScenarioWindow | undefined {
  const end = events.findIndex((event) => event.type === "scenario.end" && event.scenario === scenario);
  const told = end < 0 ? events : events.slice(0, end);
  const own = told.filter((event): event is ScenarioEvent => "scenario" in event && event.scenario === scenario);
  const start = own.find((event) => event.type === "scenario.start");
  if (!start) return undefined;
  const disrupt = own.find(({ type }) => type === "disrupt")?.at ?? start.at;
  const ended = told.flatMap((event) => (event.type === "scenario.end" && event.at <= start.at ? event.at : []));
  return {
    start,
    from: start.at,
    to: told.reduce((last, event) => Math.max(last, lastOf(event)), start.at),
    before: { from: Math.max(disrupt - BASE_LINE, ...ended), to: disrupt },
    told,
    events: own,
  };
}

/** Each probe's attempts among all that was told. */
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

/** The last moment that an event tells of. */
function lastOf(event: DrillEvent): number {
  if (event.type !== "probe.samples") return event.at;
  return event.samples.reduce((last, [offset, ms]) => Math.max(last, event.at + offset + ms), event.at);
}
