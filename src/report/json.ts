import { jsonText } from "../printable.ts";
import type { Report } from "./report.ts";

/** The report for programs. Times are ms; `start` and `end` count from the run's start. */
export function reportJson(report: Report): string {
  return `${jsonText(report, 2)}\n`;
}
