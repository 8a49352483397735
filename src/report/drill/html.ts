import { lengthText } from "../../drills/length.ts";
import { formatDuration, utc } from "../duration.ts";
import { STYLE } from "../html/style.ts";
import { type Markup, markup } from "../markup.ts";
import { page } from "../page.ts";
import { findings, scenarioSection } from "./html/scenario.ts";
import { DRILL_STYLE } from "./html/style.ts";
import { roundsSection, summarySection } from "./html/tables.ts";
import type { DrillReport } from "./report.ts";
import { countsText, methodText, PROBE_LABELS } from "./words.ts";
import { outText, worstScenario } from "./worst.ts";

/** Hatching for partial outages, shared by all pictures of the page. */
export const DRILL_PATTERN = markup`<svg class="hidden" aria-hidden="true"><defs><pattern id="tail" class="hatching" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.3" height="5"/></pattern></defs></svg>`;

export function drillHtml(report: DrillReport): string {
  return page({
    title: `${report.cluster}: drill, ${countsText(report)}`,
    style: markup`${STYLE}${DRILL_STYLE}`,
    body: markup`${DRILL_PATTERN}
${drillBody(report)}`,
    footer: "Made by tripod drill. The same data as JSON: tripod report --format json.",
    folds: false,
  });
}

/** The body of the page, also part of a rehearsal's page. */
export function drillBody(report: DrillReport): Markup {
  return markup`${headerSection(report)}
${verdictSection(report)}
<main>
${sections(report)}
</main>`;
}

function sections(report: DrillReport): (Markup | undefined)[] {
  return [
    summarySection(report),
    roundsSection(report),
    ...report.scenarios.map((scenario) => scenarioSection(report, scenario)),
    methodSection(report),
    clusterSection(report),
  ];
}

/** The verdict, and the most important figures. */
function headerSection(report: DrillReport): Markup {
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
    ["took", formatDuration(wallMs)],
  ];
  return markup`<header>
<p class="over">tripod drill</p>
<h1>${cluster} <span class="outcome ${outcome}">${headline(report)}</span></h1>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function headline({ scenarios, outcome }: DrillReport): string {
  const ok = scenarios.filter((each) => each.outcome === "ok").length;
  if (scenarios.length === 0) return "no scenario was run";
  if (ok === scenarios.length && outcome === "ok")
    return ok === 1 ? "stayed within its limits" : `stayed within its limits in all ${ok} scenarios`;
  const stayed =
    scenarios.length === 1
      ? "did not stay within its limits"
      : `stayed within its limits in ${ok || "none"} of ${scenarios.length} scenarios`;
  return outcome === "unfinished" ? `${stayed}; the record is incomplete` : stayed;
}

function worstText({ scenarios }: DrillReport, name: "apiRead" | "apiWrite"): Markup | string {
  const found = worstScenario(scenarios, name);
  if (!found) return "not measured";
  if (found.worst.longest === 0) return "no outage";
  return markup`<a href="#s${found.scenario.scenario}">${outText(found.worst)}</a>`;
}

function askedOf({ scenarios }: DrillReport): number {
  return scenarios.reduce(
    (total, { probes }) => total + probes.reduce((sum, { measured }) => sum + measured.asked, 0),
    0,
  );
}

/** Breaches and failures, by scenario, at the top of the page. */
function verdictSection(report: DrillReport): Markup | undefined {
  const cards = report.scenarios.filter(({ breaches, errors }) => breaches.length + errors.length > 0);
  const advice = adviceFor(report);
  if (cards.length === 0 && advice === undefined) return undefined;
  return markup`<section>${advice !== undefined && markup`<p class="lead advice">${advice}</p>`}${cards.map(
    (scenario) => markup`
<div class="failure"><h3><a href="#s${scenario.scenario}">${scenario.title}</a></h3>${findings(scenario)}</div>`,
  )}</section>`;
}

function adviceFor({ outcome, scenarios }: DrillReport): string | undefined {
  const last = scenarios.at(-1);
  const during = last ? ` during “${last.title}”` : " before the first scenario";
  switch (outcome) {
    case "ok":
    case "breach":
    case "failed":
      return undefined;
    case "cancelled":
      return `The drill was stopped${during}.`;
    case "unfinished":
      return `The record ends${during}: the drill was killed, or is still running. Hosts undo disruptions by themselves.`;
  }
}

/** What a reader has to know to judge the numbers. */
function methodSection(report: DrillReport): Markup {
  const { limits, skipped } = report;
  return markup`<section>
<h2>How it was measured</h2>
${methodText(report).map((sentence) => markup`<p>${sentence}</p>`)}
<p>Limits, unless a scenario sets its own: ${Object.entries(PROBE_LABELS)
    .map(([name, label]) => `${label} ${lengthText(limits[name as keyof typeof PROBE_LABELS])}`)
    .join(", ")}; two VIP holders at once ${lengthText(limits.twoHolders)}. No acknowledged write may be lost.</p>
${skipped.length > 0 && markup`<p>Skipped here: ${skipped.map(({ title, reason }) => `${title} (${reason})`).join("; ")}.</p>`}
</section>`;
}

/** What was tested. */
function clusterSection({ masters, workers, vip, versions }: DrillReport): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ["masters", masters.join(", ")],
    ["workers", workers.join(", ") || "none"],
    ["VIP", vip],
    ...Object.entries(versions),
  ];
  return markup`<section>
<h2>What was tested</h2>
<dl class="versions">${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</section>`;
}
