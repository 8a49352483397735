import { TripodError } from "../errors.ts";
import { jsonText } from "../printable.ts";
import type { RehearsalEvent } from "../rehearsal.ts";
import type { ReadRecord, RehearsalReport } from "../report/rehearsal/index.ts";
import type { Format } from "./drill-report.ts";

/** @returns undefined where no rehearsal began */
export async function rehearsalReport(events: readonly RehearsalEvent[], format: Format): Promise<string | undefined> {
  const { rehearsalHtml, rehearsalJunit, rehearsalText } = await import("../report/rehearsal/index.ts");
  const report = await rehearsalReportFrom(events);
  if (!report) return undefined;
  switch (format) {
    case "text":
      return rehearsalText(report);
    case "json":
      return `${jsonText(report, 2)}\n`;
    case "junit":
      return rehearsalJunit(report);
    case "html":
      return rehearsalHtml(report);
  }
}

/** What records of runs and drills say, a sentence each. */
export async function recordsSaid(paths: readonly string[]): Promise<string> {
  const { actReportOf, actSaid } = await import("../report/rehearsal/index.ts");
  const reports = await Promise.all(paths.map(async (path) => actReportOf(await actRecord(path)) ?? []));
  return reports.flat().map(actSaid).join("; ");
}

/** With what the records of its acts tell, as far as they are still there: of each cluster only the newest are kept. */
async function rehearsalReportFrom(events: readonly RehearsalEvent[]): Promise<RehearsalReport | undefined> {
  const { rehearsalReportOf } = await import("../report/rehearsal/index.ts");
  const paths = events.flatMap((event) => (event.type === "rehearsal.part" ? event.records : []));
  const records = new Map(await Promise.all(paths.map(async (path) => [path, await actRecord(path)] as const)));
  return rehearsalReportOf(events, (path) => records.get(path));
}

/** @returns undefined where it is not there any more, or tells of something else */
async function actRecord(path: string): Promise<ReturnType<ReadRecord>> {
  const { isRehearsal, readRun } = await import("../record.ts");
  try {
    const events = readRun(path);
    return isRehearsal(events) ? undefined : events;
  } catch (error) {
    if (error instanceof TripodError) return undefined;
    throw error;
  }
}
