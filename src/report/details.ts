import type { Change } from "../engine/events.ts";
import { formatDuration, utc } from "./duration.ts";
import { ABSENT, leftOutSentence, titleOf, unmetSentence } from "./explain.ts";
import { printable } from "../printable.ts";
import type { Failure, Report, StepReport } from "./report.ts";
import { reportText } from "./text.ts";

/** The whole run as text: failures, changes with their diffs, waits with their reasons, and then what took the time. */
export function reportDetails(report: Report): string {
  const { mode, cluster, startedAt, steps } = report;
  const paragraphs = [
    [
      `tripod ${mode} of ${cluster}, ${utc(startedAt)}`,
      report.notices ?? [],
      report.warnings.map((text) => `warning: ${text}`),
      leftOutSentence(report) ?? [],
    ].flat(),
    ...steps.flatMap((step) => step.failures.map((failure) => failureLines(report, step, failure))),
    steps.flatMap(({ unmet, phase, host }) =>
      unmet ? `${host}  ${titleOf(report, phase)}: ${unmetSentence(unmet)}` : [],
    ),
    steps.flatMap((step) => changeLines(report, step)),
    steps.flatMap((step) => waitLines(report, step)),
    [reportText(report)],
  ];
  return printable(
    paragraphs
      .filter((lines) => lines.length > 0)
      .map((lines) => `${lines.join("\n")}\n`)
      .join("\n"),
  );
}

function failureLines(report: Report, { phase, host }: StepReport, failure: Failure): string[] {
  const { code, message, during, origin, why, hint } = failure;
  return [
    `FAILED ${failure.host ?? host}: ${message} (${code})`,
    `  in ${titleOf(report, phase)}${during === undefined ? "" : `, ${during}`}`,
    ...(origin ? [`  at ${origin.file}:${origin.line}:${origin.column}`] : []),
    ...indented(why ?? "", "  | "),
    ...(hint ? [`  → ${hint}`] : []),
  ];
}

function changeLines(report: Report, { phase, host, changes }: StepReport): string[] {
  const undone = report.mode === "plan" ? "would change" : "tried to change";
  return changes.flatMap(({ resource, changes: fields, ms }) => [
    `${host}  ${titleOf(report, phase)}: ${ms === undefined ? `${undone} ${resource}` : `changed ${resource} in ${formatDuration(ms)}`}`,
    ...fields.flatMap(fieldLines),
  ]);
}

function fieldLines({ field, from, to, diff }: Change): string[] {
  if (diff !== undefined) return indented(diff, "    ");
  const after = to ?? ABSENT;
  return indented(
    from === undefined || from === ABSENT ? `${field}: ${after}` : `${field}: ${from} → ${after}`,
    "    ",
  );
}

function waitLines(report: Report, { phase, host, waits }: StepReport): string[] {
  return waits
    .filter(({ reasons }) => reasons.length > 0)
    .flatMap(({ condition, reasons, met, start, end }) => [
      `${host}  ${titleOf(report, phase)}: waited ${formatDuration(end - start)} until ${condition}${met ? "" : ", which was never met"}`,
      ...reasons.flatMap(({ reason, ms }) => indented(`${reason} (${formatDuration(ms)})`, "    ")),
    ]);
}

function indented(text: string, by: string): string[] {
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => `${by}${line}`);
}
