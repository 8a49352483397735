import { lengthColumn } from "../../drills/length.ts";
import type { ErrorRecord } from "../../engine/events.ts";
import { printable } from "../../printable.ts";
import { formatDuration, utc } from "../duration.ts";
import { table } from "../text.ts";
import type { DrillReport } from "./report.ts";
import type { RoundsReport } from "./rounds.ts";
import type { ScenarioReport } from "./scenario.ts";
import { countsText, lossesText, methodLine, outcomeText, probeText } from "./words.ts";
import { outText, worstOf, worstScenario } from "./worst.ts";

/** `drill: 6 scenarios (5 within limits, 1 beyond limits); worst read: 1.9 s total outage (power-holder), 0 of 12345 acknowledged writes lost` */
export function drillSummaryLine(report: DrillReport): string {
  const found = worstScenario(report.scenarios, "apiRead");
  const facts = [
    ...(found
      ? [found.worst.longest === 0 ? "no read failed" : `worst read: ${outText(found.worst)} (${found.scenario.name})`]
      : []),
    ...(report.ledger ? [lossesText(report.ledger)] : []),
  ];
  return `drill: ${countsText(report)}${facts.length > 0 ? `; ${facts.join(", ")}` : ""}`;
}

/** A line for each scenario, then breaches, failures, and how it was measured. */
export function drillText(report: DrillReport): string {
  const { cluster, startedAt, wallMs, scenarios, skipped, notBegun, rounds } = report;
  const paragraphs = [
    [`tripod drill of ${cluster}, ${utc(startedAt)}, ${formatDuration(wallMs)}`],
    scenarios.length > 0 ? scenarioTable(scenarios) : [],
    scenarios.flatMap(({ name, breaches }) => breaches.map((breach) => `BEYOND LIMIT ${name}: ${breach}`)),
    scenarios.flatMap(({ name, errors }) => errors.flatMap((error) => errorLines(name, error))),
    ...rounds.map(roundsTable),
    [
      ...skipped.map(({ name, reason }) => `skipped ${name}: ${reason}`),
      ...notBegun.map((name) => `not started: ${name}`),
    ],
    [methodLine(report)],
    [drillSummaryLine(report)],
  ];
  return printable(
    paragraphs
      .filter((lines) => lines.length > 0)
      .map((lines) => `${lines.join("\n")}\n`)
      .join("\n"),
  );
}

const OUTCOME = 15;

function scenarioTable(scenarios: readonly ScenarioReport[]): string[] {
  return table(
    ["scenario", "read outage", "write outage", "total outage", "workload", "elections", "writes lost", ""],
    scenarios.map((scenario) => {
      const read = worstOf(scenario, ["apiRead"]);
      const write = worstOf(scenario, ["apiWrite"]);
      const both = worstOf(scenario, ["apiRead", "apiWrite"]);
      const workload = worstOf(scenario, ["service", "nodePort"]);
      const { ledger } = scenario;
      return [
        scenario.name,
        cell(read?.longest),
        cell(write?.longest),
        cell(both?.dark),
        cell(workload?.longest),
        `${scenario.termChanges}`,
        ledger ? `${ledger.lost.length} of ${ledger.acknowledged}` : "?",
        // Aligned to the left: the table aligns to the right.
        outcomeText(scenario).padEnd(OUTCOME),
      ];
    }),
  );
}

/** `-`: no outage; `?`: no requests. */
function cell(ms: number | undefined): string {
  if (ms === undefined) return "?";
  return ms === 0 ? "-" : lengthColumn(ms);
}

function errorLines(scenario: string, { message, code, host, why, hint }: ErrorRecord): string[] {
  return [
    `FAILED ${scenario}: ${host === undefined ? "" : `${host}: `}${message} (${code})`,
    ...(why === undefined ? [] : why.trimEnd().split("\n")).map((line) => `  | ${line}`),
    ...(hint === undefined ? [] : [`  → ${hint}`]),
  ];
}

function roundsTable({ name, rounds, probes }: RoundsReport): string[] {
  return table(
    [
      `${name}, ${rounds} rounds`,
      "median total outage",
      "worst total outage",
      "worst partial outage",
      "failed requests",
    ],
    probes.map(({ probe, median, worstDark, worstTail, failed, asked }) => [
      `  ${probeText(probe)}`,
      cell(median),
      cell(worstDark),
      cell(worstTail),
      `${failed} of ${asked}`,
    ]),
  );
}
