import type { DrillEvent } from "../../drills/events.ts";
import type { RunEvent } from "../../engine/events.ts";
import type { RehearsalEvent, RehearsalPart, RehearsalSetting } from "../../rehearsal/events.ts";
import { type DrillReport, drillReportOf } from "../drill/report.ts";
import { type Report, reportOf } from "../report.ts";

/** The report of one record of a part. */
export type PartReport = { readonly run: Report } | { readonly drill: DrillReport };

export interface RehearsalReport extends RehearsalSetting {
  /** ms since the epoch */
  readonly startedAt: number;
  readonly wallMs: number;
  /** Absent if the record ends before the rehearsal did. */
  readonly ok?: boolean;
  /** Its parts; a name of the JSON report. */
  readonly acts: readonly ReportedPart[];
}

export interface ReportedPart extends Omit<RehearsalPart, "records"> {
  readonly reports: readonly PartReport[];
}

/** The events of a run or of a drill; undefined if the record no longer exists. */
export type ReadRecord = (path: string) => readonly RunEvent[] | readonly DrillEvent[] | undefined;

/** Folds the events of one rehearsal, finished or not, and those of its parts; undefined if it never started. */
export function rehearsalReportOf(events: readonly RehearsalEvent[], read: ReadRecord): RehearsalReport | undefined {
  const start = events.find((event) => event.type === "rehearsal.start");
  if (!start) return undefined;
  const end = events.find((event) => event.type === "rehearsal.end");
  const { at, setting } = start;
  let scenarios = 0;
  const acts = events.flatMap((event): ReportedPart[] => {
    if (event.type !== "rehearsal.part") return [];
    const { title, ms, ok, said, records } = event;
    const reports = records.flatMap((path) => partReportOf(read(path)) ?? []);
    return [{ title, ms, ok, said, reports: reports.map((report) => renumbered(report, () => ++scenarios)) }];
  });
  return {
    ...setting,
    startedAt: at,
    wallMs: end?.ms ?? (events.at(-1)?.at ?? at) - at,
    ...(end && { ok: end.ok }),
    acts,
  };
}

export function partReportOf(events: ReturnType<ReadRecord>): PartReport | undefined {
  if (!events) return undefined;
  const drill = drillReportOf(events as readonly DrillEvent[]);
  if (drill) return { drill };
  const run = reportOf(events as readonly RunEvent[]);
  return run && { run };
}

/** Numbers the scenarios of all drills consecutively, so that each can be linked to. */
function renumbered(report: PartReport, next: () => number): PartReport {
  if (!("drill" in report)) return report;
  const { drill } = report;
  return { drill: { ...drill, scenarios: drill.scenarios.map((scenario) => ({ ...scenario, scenario: next() })) } };
}
