import { duration, utc } from "../../duration.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import { outText, worstScenario } from "../worst.ts";

/** The verdict first, and the figures that everybody asks for. */
export function headerSection(report: DrillReport): Markup {
  const { cluster, startedAt, wallMs, ledger, outcome } = report;
  const facts: readonly [string, string | Markup][] = [
    ["worst read", worstText(report, "apiRead")],
    ["worst write", worstText(report, "apiWrite")],
    [
      "acknowledged writes lost",
      ledger ? `${ledger.lost} of ${ledger.acknowledged.toLocaleString("en")}` : "not counted",
    ],
    ["requests", askedOf(report).toLocaleString("en")],
    ["when", markup`<time datetime="${new Date(startedAt).toISOString()}">${utc(startedAt)}</time>`],
    ["took", duration(wallMs)],
  ];
  return markup`<header>
<p class="over">tripod drill</p>
<h1>${cluster} <span class="outcome ${outcome}">${headline(report)}</span></h1>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function headline({ scenarios, outcome }: DrillReport): string {
  const ok = scenarios.filter((each) => each.outcome === "ok").length;
  if (scenarios.length === 0) return "nothing was tried";
  if (ok === scenarios.length && outcome === "ok")
    return ok === 1 ? "stayed within its limits" : `stayed within its limits in all ${ok} scenarios`;
  const stayed =
    scenarios.length === 1
      ? "did not stay within its limits"
      : `stayed within its limits in ${ok || "none"} of ${scenarios.length} scenarios`;
  return outcome === "unfinished" ? `${stayed}; the record breaks off` : stayed;
}

function worstText({ scenarios }: DrillReport, name: "apiRead" | "apiWrite"): Markup | string {
  const found = worstScenario(scenarios, name);
  if (!found) return "not measured";
  if (found.worst.longest === 0) return "never out";
  return markup`<a href="#s${found.scenario.scenario}">${outText(found.worst)}</a>`;
}

function askedOf({ scenarios }: DrillReport): number {
  return scenarios.reduce(
    (total, { probes }) => total + probes.reduce((sum, { measured }) => sum + measured.asked, 0),
    0,
  );
}
