import type { Change, ErrorRecord, Mode, Outcome, PhaseSummary, RunEvent } from "../engine/events.ts";
import { type CriticalPath, criticalPath } from "./critical-path.ts";
import { type Interval, lengthOfUnion } from "./intervals.ts";
import { type StepEvent, type Wait, waitsOf } from "./waits.ts";

/** How something ended; `unfinished`: the record ends before it. */
export type RecordedOutcome = Outcome | "unfinished";

/** What a run did and what took the time. All times are ms; `start` and `end` count from the run's start. */
export interface Report {
  readonly mode: Mode;
  readonly cluster: string;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly wallMs: number;
  readonly outcome: RecordedOutcome;
  readonly changed: number;
  readonly unchanged: number;
  /** Names, in the inventory's order. */
  readonly hosts: readonly string[];
  /** What exists but is not in the inventory, one sentence each. */
  readonly notices?: readonly string[];
  /** Problems that did not stop the run, one sentence each, with the host and what to do. */
  readonly warnings: readonly string[];
  /** Of a narrowed run: names of the phases and hosts that were left out. */
  readonly leftOut?: { readonly phases: readonly string[]; readonly hosts: readonly string[] };
  readonly phases: readonly PhaseReport[];
  /** In the order in which they started. */
  readonly steps: readonly StepReport[];
  readonly criticalPath: CriticalPath;
}

export interface PhaseReport extends PhaseSummary {
  readonly outcome: RecordedOutcome;
  /** Absent if the phase never started. */
  readonly start?: number;
  readonly end?: number;
}

/** One phase on one host, if it started. */
export interface StepReport extends Interval {
  readonly phase: string;
  readonly host: string;
  readonly outcome: RecordedOutcome;
  readonly commands: number;
  /** For how long at least one remote command of this step was running, or it waited for a condition. */
  readonly commandMs: number;
  readonly changes: readonly ResourceChange[];
  readonly unchanged: number;
  readonly waits: readonly Wait[];
  /** In a narrowed plan, for a step that was only checked: the phases that need it, and the resources that are not up to date. */
  readonly unmet?: { readonly neededBy: readonly string[]; readonly missing: readonly string[] };
  readonly failures: readonly Failure[];
}

/** Why a step failed; `during` names the resource or the condition, if the failure belongs to one. */
export interface Failure extends ErrorRecord {
  readonly during?: string;
}

export interface ResourceChange {
  readonly resource: string;
  readonly changes: readonly Change[];
  /** How long the apply took, and when it ended; absent in a plan and after a failure. */
  readonly ms?: number;
  readonly end?: number;
}

/** Folds the events of one run, finished or not; undefined if it never started. */
export function reportOf(events: readonly RunEvent[]): Report | undefined {
  const start = events.find((event) => event.type === "run.start");
  if (!start) return undefined;
  const end = events.find((event) => event.type === "run.end");
  const wallMs = (end ?? events.at(-1) ?? start).at - start.at;
  const steps = stepsOf(events, start.at, wallMs);
  return {
    mode: start.mode,
    cluster: start.cluster,
    startedAt: start.at,
    wallMs,
    outcome: end?.outcome ?? "unfinished",
    changed: sum(steps.map((step) => step.changes.length)),
    unchanged: sum(steps.map((step) => step.unchanged)),
    hosts: [...new Set(start.phases.flatMap((phase) => phase.hosts))],
    ...(start.notices && { notices: start.notices }),
    warnings: events.flatMap((event) => (event.type === "step.warning" ? [warningText(event.problem)] : [])),
    ...(start.leftOut && { leftOut: start.leftOut }),
    phases: start.phases.map((phase) => phaseOf(phase, events, start.at)),
    steps,
    criticalPath: criticalPath(steps, start.phases, wallMs),
  };
}

function phaseOf(phase: PhaseSummary, events: readonly RunEvent[], startedAt: number): PhaseReport {
  const start = events.find((event) => event.type === "phase.start" && event.phase === phase.name);
  const end = events.find((event) => event.type === "phase.end" && event.phase === phase.name);
  return {
    ...phase,
    outcome: end?.type === "phase.end" ? end.outcome : "unfinished",
    ...(start && { start: start.at - startedAt }),
    ...(end && { end: end.at - startedAt }),
  };
}

function stepsOf(events: readonly RunEvent[], startedAt: number, wallMs: number): StepReport[] {
  const steps = new Map<string, StepEvent[]>();
  for (const event of events) {
    if (!("host" in event)) continue;
    const key = `${event.phase} ${event.host}`;
    if (event.type === "step.start") steps.set(key, [event]);
    else steps.get(key)?.push(event);
  }
  return [...steps.values()].map((own) => stepOf(own, startedAt, wallMs));
}

function stepOf(events: readonly StepEvent[], startedAt: number, wallMs: number): StepReport {
  const [{ phase, host, at }] = events as [StepEvent];
  const ending = events.find((event) => event.type === "step.end");
  const start = at - startedAt;
  const end = ending ? ending.at - startedAt : wallMs;
  const commands = events.flatMap((event) =>
    event.type === "command"
      ? [{ start: Math.max(start, event.at - startedAt - event.ms), end: Math.min(end, event.at - startedAt) }]
      : [],
  );
  const waits = waitsOf(events, startedAt, end);
  const unmet = events.find((event) => event.type === "need.unmet");
  return {
    phase,
    host,
    start,
    end,
    outcome: ending?.outcome ?? "unfinished",
    commands: commands.length,
    // While Tripod waits for a condition on a host, the host is working.
    commandMs: lengthOfUnion([...commands, ...waits]),
    changes: changesOf(events, startedAt),
    unchanged: events.filter((event) => event.type === "resource.ok").length,
    waits,
    ...(unmet && { unmet: { neededBy: unmet.neededBy, missing: unmet.missing } }),
    failures: events.flatMap(failuresOf),
  };
}

function changesOf(events: readonly StepEvent[], startedAt: number): ResourceChange[] {
  const applied = new Map(
    events.flatMap((event) => (event.type === "resource.applied" ? [[event.resource, event] as const] : [])),
  );
  return events.flatMap((event) => {
    if (event.type !== "resource.change") return [];
    const { resource, changes } = event;
    const done = applied.get(resource);
    return [{ resource, changes, ...(done && { ms: done.ms, end: done.at - startedAt }) }];
  });
}

function warningText({ host, message, hint }: ErrorRecord): string {
  return `${host === undefined ? "" : `${host}: `}${message}${hint === undefined ? "" : ` → ${hint}`}`;
}

function failuresOf(event: StepEvent): Failure[] {
  if (event.type !== "step.fail") return [];
  return event.errors.map((error) => ({ ...error, ...(event.during && { during: event.during }) }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
