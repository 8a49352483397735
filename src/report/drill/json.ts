import type { DrillReport } from "./report.ts";

/** The report as it is, for machines. Moments are ms since the epoch, lengths are ms. */
export function drillJson(report: DrillReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
