import { jsonText } from "../../printable.ts";
import type { DrillReport } from "./report.ts";

/** The report as JSON. Times are ms since the epoch, lengths ms. */
export function drillJson(report: DrillReport): string {
  return `${jsonText(report, 2)}\n`;
}
