import { unmetSentence } from "./explain.ts";
import { type Markup, markup } from "./markup.ts";
import { plain } from "./plain.ts";
import type { Failure, PhaseReport, Report, StepReport } from "./report.ts";

interface Case {
  readonly name: string;
  readonly ms: number;
  readonly verdict?: Verdict;
}

type Verdict =
  | { readonly as: "skipped"; readonly message: string }
  | { readonly as: "error"; readonly type: string; readonly message: string }
  | { readonly as: "failure"; readonly type: string; readonly message: string; readonly text: string };

/**
 * For CI systems: each phase is a suite; its cases are its steps, and beside them every condition and every resource that failed.
 * Keeps to the schema of Ant's JUnit reports (github.com/windyroad/JUnit-Schema), which is the strictest of those in use.
 */
export function reportJunit(report: Report): string {
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>${report.phases.map((phase, index) => suite(report, phase, index))}
</testsuites>
`.markup;
}

function suite(report: Report, phase: PhaseReport, index: number): Markup {
  const { cluster, mode, startedAt, wallMs } = report;
  const cases = phase.hosts.flatMap((host) =>
    casesOf(
      host,
      report.steps.find((step) => step.phase === phase.name && step.host === host),
    ),
  );
  const counted = (as: Verdict["as"]) => cases.filter(({ verdict }) => verdict?.as === as).length;
  const start = phase.start ?? 0;
  const ms = phase.start === undefined ? 0 : (phase.end ?? wallMs) - start;
  const timestamp = new Date(startedAt + start).toISOString().slice(0, 19);
  return markup`
  <testsuite name="${phase.name}" package="tripod.${mode}.${cluster}" id="${index}" timestamp="${timestamp}" hostname="${cluster}" tests="${cases.length}" failures="${counted("failure")}" errors="${counted("error")}" skipped="${counted("skipped")}" time="${seconds(ms)}">
    <properties><property name="title" value="${phase.title}"/></properties>${cases.map(
      (each) => markup`
    <testcase classname="${cluster}.${phase.name}" name="${oneLine(each.name)}" time="${seconds(each.ms)}"${closed(each.verdict)}`,
    )}
    <system-out></system-out>
    <system-err></system-err>
  </testsuite>`;
}

function closed(verdict: Verdict | undefined): Markup {
  if (!verdict) return markup`/>`;
  const message = verdict.message.split("\n", 1)[0];
  switch (verdict.as) {
    case "skipped":
      return markup`><skipped message="${message}"/></testcase>`;
    case "error":
      return markup`><error type="${verdict.type}" message="${message}"/></testcase>`;
    case "failure":
      return markup`><failure type="${verdict.type}" message="${message}">${verdict.text}</failure></testcase>`;
  }
}

function casesOf(host: string, step: StepReport | undefined): Case[] {
  if (!step) return [{ name: host, ms: 0, verdict: skipped("not begun") }];
  const failedAt = (during: string) => step.failures.filter((failure) => failure.during === during);
  const conditions = step.waits.map(({ condition, start, end, met }) =>
    newCase(
      `${host}: ${condition}`,
      end - start,
      met ? undefined : (failed(failedAt(condition)) ?? skipped("not waited for to the end")),
    ),
  );
  const resources = new Set(step.failures.flatMap(({ during }) => during ?? []));
  for (const { condition } of step.waits) resources.delete(condition);
  return [
    newCase(host, step.end - step.start, verdictOf(step)),
    ...conditions,
    ...[...resources].map((during) => newCase(`${host}: ${during}`, 0, failed(failedAt(during)))),
  ];
}

function newCase(name: string, ms: number, verdict: Verdict | undefined): Case {
  return { name, ms, ...(verdict && { verdict }) };
}

function verdictOf({ outcome, failures, unmet }: StepReport): Verdict | undefined {
  if (unmet) return { as: "failure", type: "unmet", message: unmetSentence(unmet), text: unmet.missing.join("\n") };
  switch (outcome) {
    case "ok":
      return undefined;
    case "failed":
      return failed(failures) ?? { as: "error", type: "failed", message: "the step failed and did not say why" };
    case "cancelled":
      return skipped("cancelled");
    case "unfinished":
      return { as: "error", type: "unfinished", message: "the record of the run ends before this step did" };
  }
}

function skipped(message: string): Verdict {
  return { as: "skipped", message };
}

function failed(failures: readonly Failure[]): Verdict | undefined {
  const [first] = failures;
  if (!first) return undefined;
  return { as: "failure", type: first.code, message: first.message, text: failures.map(explained).join("\n\n") };
}

function explained({ message, origin, why, hint }: Failure): string {
  return [message, origin && `at ${origin.file}:${origin.line}:${origin.column}`, why?.trimEnd(), hint && `→ ${hint}`]
    .filter((line) => line !== undefined)
    .join("\n");
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** A name is a token: https://www.w3.org/TR/xmlschema-2/#token */
function oneLine(name: string): string {
  return plain(name).replace(/\s+/g, " ").trim();
}
