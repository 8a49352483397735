import { unmetSentence } from "./explain.ts";
import { type Case, junitOf, newCase, skipped, type Suite, type Verdict } from "./junit-suite.ts";
import type { Failure, PhaseReport, Report, StepReport } from "./report.ts";

/** For CI systems: each phase is a suite; its cases are its steps, every condition, and every resource that failed. */
export function reportJunit(report: Report): string {
  return junitOf(report.phases.map((phase) => suiteOf(report, phase)));
}

function suiteOf(report: Report, { name, title, hosts, start, end }: PhaseReport): Suite {
  const { cluster, mode, startedAt, wallMs, steps } = report;
  return {
    name,
    package: `tripod.${mode}.${cluster}`,
    title,
    cluster,
    startedAt: startedAt + (start ?? 0),
    ms: start === undefined ? 0 : (end ?? wallMs) - start,
    cases: hosts.flatMap((host) =>
      casesOf(
        host,
        steps.find((step) => step.phase === name && step.host === host),
      ),
    ),
  };
}

function casesOf(host: string, step: StepReport | undefined): Case[] {
  if (!step) return [{ name: host, ms: 0, verdict: skipped("not started") }];
  const failedAt = (during: string) => step.failures.filter((failure) => failure.during === during);
  const conditions = step.waits.map(({ condition, start, end, met }) =>
    newCase(
      `${host}: ${condition}`,
      end - start,
      met ? undefined : (failed(failedAt(condition)) ?? skipped("the wait was stopped")),
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

function verdictOf({ outcome, failures, unmet }: StepReport): Verdict | undefined {
  if (unmet) return { as: "failure", type: "unmet", message: unmetSentence(unmet), text: unmet.missing.join("\n") };
  switch (outcome) {
    case "ok":
      return undefined;
    case "failed":
      return failed(failures) ?? { as: "error", type: "failed", message: "the step failed without a reason" };
    case "cancelled":
      return skipped("cancelled");
    case "unfinished":
      return { as: "error", type: "unfinished", message: "the record of the run ends before this step did" };
  }
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
