export { drillHtml } from "./html.ts";
export { drillJson } from "./json.ts";
export { drillJunit } from "./junit.ts";
export { drillReportOf } from "./report.ts";
export type { DrillReport } from "./report.ts";
export { drillSummaryLine, drillText } from "./text.ts";
