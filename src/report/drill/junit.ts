import { lengthText } from "../../drills/length.ts";
import type { ProbeVerdict } from "../../drills/verdict.ts";
import type { ErrorRecord } from "../../engine/events.ts";
import { type Case, junitOf, newCase, skipped, type Suite, type Verdict } from "../junit-suite.ts";
import type { DrillReport } from "./report.ts";
import type { ScenarioReport } from "./scenario.ts";
import { probeText } from "./words.ts";

/** For CI systems: each scenario is a suite; its cases are its probes, the VIP, the ledger, and that all is as it was before. */
export function drillJunit(report: DrillReport): string {
  const { cluster, startedAt } = report;
  const of = { package: `tripod.drill.${cluster}`, cluster };
  const left = [
    ...report.skipped,
    ...report.notBegun.map((name) => ({ name, title: name, reason: "not begun: the drill ended before it" })),
  ];
  return junitOf([
    ...report.scenarios.map((scenario): Suite => {
      const { name, title, from, to } = scenario;
      return { ...of, name, title, startedAt: from, ms: to - from, cases: casesOf(scenario) };
    }),
    ...left.map(({ name, title, reason }): Suite => ({
      ...of,
      name,
      title,
      startedAt,
      ms: 0,
      cases: [newCase(title, 0, skipped(reason))],
    })),
  ]);
}

/** A probe's time is its longest outage. */
function casesOf(scenario: ScenarioReport): Case[] {
  const { probes, ledger, twoHoldersJudged, holderBreaches, ledgerBreaches, from, to } = scenario;
  return [
    ...probes.map((each) => newCase(probeText(each.probe), each.measured.longest, probeVerdict(each))),
    newCase("one holder of the VIP", twoHoldersJudged, beyond(holderBreaches)),
    newCase(
      "every acknowledged write is there",
      0,
      ledger ? beyond(ledgerBreaches) : skipped("the ledger was not looked through"),
    ),
    newCase("everything is as it was before", to - from, endVerdict(scenario)),
  ];
}

function probeVerdict({ judged, breach, measured }: ProbeVerdict): Verdict | undefined {
  if (breach !== undefined) return beyond([breach]);
  if (judged) return undefined;
  const { longest } = measured;
  return skipped(
    longest === 0
      ? "not judged: it is meant to stop, and did not"
      : `not judged: it is meant to stop, and was out for ${lengthText(longest)}`,
  );
}

function beyond(breaches: readonly string[]): Verdict | undefined {
  const [first] = breaches;
  return first === undefined ? undefined : { as: "failure", type: "limit", message: first, text: breaches.join("\n") };
}

function endVerdict({ outcome, errors }: ScenarioReport): Verdict | undefined {
  const [first] = errors;
  if (first) return { as: "failure", type: first.code, message: first.message, text: errors.map(told).join("\n\n") };
  switch (outcome) {
    case "ok":
    case "breach":
      return undefined;
    case "failed":
      return { as: "error", type: "failed", message: "the scenario failed and did not say why" };
    case "cancelled":
      return skipped("cancelled");
    case "unfinished":
      return { as: "error", type: "unfinished", message: "the record of the drill ends before this scenario did" };
  }
}

function told({ message, host, why, hint }: ErrorRecord): string {
  return [host === undefined ? message : `${host}: ${message}`, why?.trimEnd(), hint && `→ ${hint}`]
    .filter((line) => line !== undefined)
    .join("\n");
}
