import type { DrillEvent } from "../../drills/events.ts";
import type { RunEvent } from "../../engine/events.ts";
import type { RehearsalEvent, RehearsalPart, RehearsalSetting } from "../../rehearsal.ts";
import { type DrillReport, drillReportOf } from "../drill/report.ts";
import { type Report, reportOf } from "../report.ts";

/** What the record of an act tells. */
export type ActReport = { readonly run: Report } | { readonly drill: DrillReport };

export interface RehearsalReport extends RehearsalSetting {
  /** ms since the epoch */
  readonly startedAt: number;
  readonly wallMs: number;
  /** Absent where the record breaks off. */
  readonly ok?: boolean;
  readonly acts: readonly RehearsedAct[];
}

export interface RehearsedAct extends Omit<RehearsalPart, "records"> {
  readonly reports: readonly ActReport[];
}

/** The events of a run or of a drill; undefined where a record is not there any more. */
export type ReadRecord = (path: string) => readonly RunEvent[] | readonly DrillEvent[] | undefined;

/** Folds the events of one rehearsal, finished or not, and those of its acts; undefined where it never started. */
export function rehearsalReportOf(events: readonly RehearsalEvent[], read: ReadRecord): RehearsalReport | undefined {
  const start = events.find((event) => event.type === "rehearsal.start");
  if (!start) return undefined;
  const end = events.find((event) => event.type === "rehearsal.end");
  const { at, setting } = start;
  let scenarios = 0;
  const acts = events.flatMap((event): RehearsedAct[] => {
    if (event.type !== "rehearsal.part") return [];
    const { title, ms, ok, said, records } = event;
    const reports = records.flatMap((path) => actReportOf(read(path)) ?? []);
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

export function actReportOf(events: ReturnType<ReadRecord>): ActReport | undefined {
  if (!events) return undefined;
  const drill = drillReportOf(events as readonly DrillEvent[]);
  if (drill) return { drill };
  const run = reportOf(events as readonly RunEvent[]);
  return run && { run };
}

/** Scenarios of all drills are counted through, so that each can be pointed at. */
function renumbered(report: ActReport, next: () => number): ActReport {
  if (!("drill" in report)) return report;
  const { drill } = report;
  return { drill: { ...drill, scenarios: drill.scenarios.map((scenario) => ({ ...scenario, scenario: next() })) } };
}
