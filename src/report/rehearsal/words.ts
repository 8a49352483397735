import { drillSummaryLine } from "../drill/text.ts";
import { summaryLine } from "../text.ts";
import type { ActReport, RehearsalReport } from "./report.ts";

/** How it went, in a few words. */
export function headline({ ok }: Pick<RehearsalReport, "ok">): string {
  if (ok === undefined) return "rehearsal not finished";
  return ok ? "rehearsed, and all as it should be" : "rehearsed, and not all as it should be";
}

/** What one record says, in a line. */
export function actSaid(report: ActReport): string {
  return "drill" in report ? drillSummaryLine(report.drill) : summaryLine(report.run);
}
