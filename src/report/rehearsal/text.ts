import { formatDuration, utc } from "../duration.ts";
import { printable } from "../../printable.ts";
import type { RehearsalReport } from "./report.ts";
import { headline } from "./words.ts";

/** For people: one line per part. */
export function rehearsalText(report: RehearsalReport): string {
  const { cluster, startedAt, wallMs, acts } = report;
  const width = Math.max(0, ...acts.map(({ title }) => title.length));
  return printable(
    [
      `tripod rehearse of ${cluster}, ${utc(startedAt)}, ${formatDuration(wallMs)}`,
      "",
      ...acts.map(({ title, ok, said, ms }) => {
        return `${ok ? "✓" : "✗"} ${title.padEnd(width)}  ${formatDuration(ms).padStart(9)}  ${said}`;
      }),
      "",
      rehearsalSummaryLine(report),
      "",
    ].join("\n"),
  );
}

/** `rehearsal passed: 5 parts` */
export function rehearsalSummaryLine({ ok, acts }: Pick<RehearsalReport, "ok" | "acts">): string {
  return `${headline({ ok })}: ${acts.length} part${acts.length === 1 ? "" : "s"}`;
}
