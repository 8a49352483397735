import { jsonText } from "../../printable.ts";
import type { DrillReport } from "./report.ts";

/** The report as it is, for machines. Moments are ms since the epoch, lengths are ms. */
export function drillJson(report: DrillReport): string {
  return `${jsonText(report, 2)}\n`;
}
