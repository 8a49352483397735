import { TripodError } from "../errors.ts";
import { jsonText } from "../printable.ts";
import type { RehearsalEvent } from "../rehearsal/events.ts";
import type { ReadRecord, RehearsalReport } from "../report/rehearsal/index.ts";
import type { Format } from "./drill-report.ts";

/** @returns undefined if no rehearsal began */
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

/** Summarizes records of runs and drills, a sentence each. */
export async function recordsSummary(paths: readonly string[]): Promise<string> {
  const { partReportOf, partSummary } = await import("../report/rehearsal/index.ts");
  const reports = await Promise.all(paths.map(async (path) => partReportOf(await partRecord(path)) ?? []));
  return reports.flat().map(partSummary).join("; ");
}

/** Includes the records of its parts, as far as they exist: only the newest records of each cluster are kept. */
async function rehearsalReportFrom(events: readonly RehearsalEvent[]): Promise<RehearsalReport | undefined> {
  const { rehearsalReportOf } = await import("../report/rehearsal/index.ts");
  const paths = events.flatMap((event) => (event.type === "rehearsal.part" ? event.records : []));
  const records = new Map(await Promise.all(paths.map(async (path) => [path, await partRecord(path)] as const)));
  return rehearsalReportOf(events, (path) => records.get(path));
}

/** @returns undefined if the record no longer exists, or is of another kind */
async function partRecord(path: string): Promise<ReturnType<ReadRecord>> {
  const { isRehearsal, readRun } = await import("../record.ts");
  try {
    const events = readRun(path);
    return isRehearsal(events) ? undefined : events;
  } catch (error) {
    if (error instanceof TripodError) return undefined;
    throw error;
  }
}
