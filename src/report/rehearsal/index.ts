export { rehearsalHtml } from "./html.ts";
export { rehearsalJunit } from "./junit.ts";
export { actReportOf, rehearsalReportOf } from "./report.ts";
export type { ReadRecord, RehearsalReport } from "./report.ts";
export { rehearsalSummaryLine, rehearsalText } from "./text.ts";
export { actSaid } from "./words.ts";
