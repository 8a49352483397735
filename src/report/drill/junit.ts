import { lengthText } from "../../drills/length.ts";
import type { ProbeVerdict } from "../../drills/verdict.ts";
import type { ErrorRecord } from "../../engine/events.ts";
import { type Case, junitOf, newCase, skipped, type Suite, type Verdict } from "../junit-suite.ts";
import type { DrillReport } from "./report.ts";
import type { ScenarioReport } from "./scenario.ts";
import { probeText } from "./words.ts";

/** For CI systems: each scenario is a suite; its cases are its probes, the VIP, the ledger, and the recovery of the cluster. */
export function drillJunit(report: DrillReport): string {
  const { cluster, startedAt } = report;
  const of = { package: `tripod.drill.${cluster}`, cluster };
  const left = [
    ...report.skipped,
    ...report.notBegun.map((name) => ({ name, title: name, reason: "not started: the drill ended before" })),
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
    newCase("one VIP holder", twoHoldersJudged, beyond(holderBreaches)),
    newCase(
      "every acknowledged write is present",
      0,
      ledger ? beyond(ledgerBreaches) : skipped("the ledger was not audited"),
    ),
    newCase("the cluster has recovered", to - from, endVerdict(scenario)),
  ];
}

function probeVerdict({ judged, breach, measured }: ProbeVerdict): Verdict | undefined {
  if (breach !== undefined) return beyond([breach]);
  if (judged) return undefined;
  const { longest } = measured;
  return skipped(
    longest === 0
      ? "not judged: expected to stop, but did not"
      : `not judged: expected to stop; outage of ${lengthText(longest)}`,
  );
}

function beyond(breaches: readonly string[]): Verdict | undefined {
  const [first] = breaches;
  return first === undefined ? undefined : { as: "failure", type: "limit", message: first, text: breaches.join("\n") };
}

function endVerdict({ outcome, errors }: ScenarioReport): Verdict | undefined {
  const [first] = errors;
  if (first)
    return { as: "failure", type: first.code, message: first.message, text: errors.map(errorText).join("\n\n") };
  switch (outcome) {
    case "ok":
    case "breach":
      return undefined;
    case "failed":
      return { as: "error", type: "failed", message: "the scenario failed without an error" };
    case "cancelled":
      return skipped("cancelled");
    case "unfinished":
      return {
        as: "error",
        type: "unfinished",
        message: "the record of the drill ends before the end of this scenario",
      };
  }
}

function errorText({ message, host, why, hint }: ErrorRecord): string {
  return [host === undefined ? message : `${host}: ${message}`, why?.trimEnd(), hint && `→ ${hint}`]
    .filter((line) => line !== undefined)
    .join("\n");
}
