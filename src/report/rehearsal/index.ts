export { rehearsalHtml } from "./html.ts";
export { rehearsalJunit } from "./junit.ts";
export { partReportOf, rehearsalReportOf } from "./report.ts";
export type { ReadRecord, RehearsalReport } from "./report.ts";
export { rehearsalSummaryLine, rehearsalText } from "./text.ts";
export { partSummary } from "./words.ts";
