import { drillSummaryLine } from "../drill/text.ts";
import { summaryLine } from "../text.ts";
import type { PartReport, RehearsalReport } from "./report.ts";

/** The result, in a few words. */
export function headline({ ok }: Pick<RehearsalReport, "ok">): string {
  if (ok === undefined) return "rehearsal not finished";
  return ok ? "rehearsal passed" : "rehearsal failed";
}

/** The summary of one record, in a line. */
export function partSummary(report: PartReport): string {
  return "drill" in report ? drillSummaryLine(report.drill) : summaryLine(report.run);
}
