import type { CriticalPath } from "./critical-path.ts";
import type { RecordedOutcome, PhaseReport, Report } from "./report.ts";

export const OUTCOMES: Record<RecordedOutcome, string> = {
  ok: "done",
  failed: "failed",
  cancelled: "cancelled",
  unfinished: "not finished",
};

/** `12 to change on 3 hosts, 148 unchanged`; after an apply `12 changed on …`. */
export function summaryLine({ mode, steps, changed, unchanged }: Report): string {
  const verb = mode === "plan" ? "to change" : "changed";
  if (changed === 0) return `nothing ${verb}, ${unchanged} unchanged`;
  const hosts = new Set(steps.filter((step) => step.changes.length > 0).map((step) => step.host)).size;
  return `${changed} ${verb} on ${hosts} host${hosts === 1 ? "" : "s"}, ${unchanged} unchanged`;
}

/** For people: when each phase ran, and the critical path. */
export function reportText(report: Report): string {
  return [
    table(
      ["phase", "hosts", "from", "to", "time", ""],
      report.phases.filter(({ hosts }) => hosts.length > 0).map(phaseRow),
    ),
    ...(report.criticalPath.steps.length > 0 ? ["", ...criticalPathLines(report.criticalPath)] : []),
    "",
    `${report.mode} of ${report.cluster} ${OUTCOMES[report.outcome]} in ${seconds(report.wallMs)}: ${summaryLine(report)}`,
  ]
    .flat()
    .join("\n");
}

function phaseRow({ title, hosts, start, end, outcome }: PhaseReport): string[] {
  const times =
    start === undefined || end === undefined ? ["-", "-", "-"] : [seconds(start), seconds(end), seconds(end - start)];
  return [title, `${hosts.length}`, ...times, outcome === "ok" ? "" : OUTCOMES[outcome]];
}

function criticalPathLines({ steps, commandMs, wallMs, ratio }: CriticalPath): string[] {
  const sum = `critical path: ${seconds(commandMs)} of remote commands in ${seconds(wallMs)}`;
  return [
    ratio === undefined ? sum : `${sum} (${ratio.toFixed(2)}×)`,
    ...table(
      ["  step", "host", "from", "to", "time", "commands"],
      steps.map(({ phase, host, start, end, commandMs }) => [
        `  ${phase}`,
        host,
        seconds(start),
        seconds(end),
        seconds(end - start),
        seconds(commandMs),
      ]),
    ),
  ];
}

/** The first column is aligned to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}s`;
}
