import type { Change } from "../engine/events.ts";
import { duration, utc } from "./duration.ts";
import { titleOf } from "./explain.ts";
import { plain } from "./plain.ts";
import type { Failure, Report, StepReport } from "./report.ts";
import { reportText } from "./text.ts";

/** The whole run as text: what failed, what changed with its diffs, what was waited for and why, and then what took the time. */
export function reportDetails(report: Report): string {
  const { mode, cluster, startedAt, steps } = report;
  const paragraphs = [
    [`tripod ${mode} of ${cluster}, ${utc(startedAt)}`],
    ...steps.flatMap((step) => step.failures.map((failure) => failureLines(report, step, failure))),
    steps.flatMap((step) => changeLines(report, step)),
    steps.flatMap((step) => waitLines(report, step)),
    [reportText(report)],
  ];
  return plain(
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
  const verb = report.mode === "plan" ? "would change" : "changed";
  return changes.flatMap(({ resource, changes: fields, ms }) => [
    `${host}  ${titleOf(report, phase)}: ${verb} ${resource}${ms === undefined ? "" : ` in ${duration(ms)}`}`,
    ...fields.flatMap(fieldLines),
  ]);
}

function fieldLines({ field, from, to, diff }: Change): string[] {
  if (diff !== undefined) return indented(diff, "    ");
  const after = to ?? "(absent)";
  return indented(from === undefined ? `${field}: ${after}` : `${field}: ${from} → ${after}`, "    ");
}

function waitLines(report: Report, { phase, host, waits }: StepReport): string[] {
  return waits
    .filter(({ reasons }) => reasons.length > 0)
    .flatMap(({ condition, reasons, met, start, end }) => [
      `${host}  ${titleOf(report, phase)}: waited ${duration(end - start)} until ${condition}${met ? "" : ", which never held"}`,
      ...reasons.flatMap(({ reason, ms }) => indented(`${reason} (${duration(ms)})`, "    ")),
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
