import { duration, utc } from "../../duration.ts";
import { lengthSaid } from "../../../drills/length.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import { darkest, worstOf } from "../worst.ts";

/** The verdict first, and the figures that everybody asks for. */
export function headerSection(report: DrillReport): Markup {
  const { cluster, startedAt, wallMs, ledger, outcome } = report;
  const facts: readonly [string, string | Markup][] = [
    ["worst read", darkSaid(report, "apiRead")],
    ["worst write", darkSaid(report, "apiWrite")],
    ["longest tail of both", tailSaid(report)],
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

function darkSaid({ scenarios }: DrillReport, name: "apiRead" | "apiWrite"): Markup | string {
  const worst = darkest(scenarios, name);
  if (!worst) return "not measured";
  if (worst.dark === 0) return "never dark";
  return markup`<a href="#s${worst.scenario.scenario}">${lengthSaid(worst.dark)} dark</a>`;
}

function tailSaid({ scenarios }: DrillReport): Markup | string {
  const tails = scenarios
    .filter(({ stops }) => !stops)
    .map((scenario) => {
      return { scenario, tail: worstOf(scenario, ["apiRead", "apiWrite"])?.tail ?? 0 };
    });
  const [worst] = tails.toSorted((one, other) => other.tail - one.tail);
  if (!worst || worst.tail === 0) return "none";
  return markup`<a href="#s${worst.scenario.scenario}">${lengthSaid(worst.tail)}</a>`;
}

function askedOf({ scenarios }: DrillReport): number {
  return scenarios.reduce(
    (total, { probes }) => total + probes.reduce((sum, { measured }) => sum + measured.asked, 0),
    0,
  );
}
