import type { ProbeName } from "../../../drills/events.ts";
import { lengthColumn, lengthText } from "../../../drills/length.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import type { RoundsReport } from "../rounds.ts";
import type { DrillOutcome, ScenarioReport } from "../scenario.ts";
import { outcomeText } from "../words.ts";
import { worstOf } from "../worst.ts";

/** All scenarios in one table, including the skipped ones. */
export function summarySection({ scenarios, skipped, notBegun }: DrillReport): Markup {
  const left = [
    ...skipped.map(({ title, reason }) => ({ title, why: `skipped: ${reason}` })),
    ...notBegun.map((title) => ({ title, why: "not started" })),
  ];
  return markup`<section id="scenarios">
<h2>Scenarios</h2>
${wide(
  "Scenarios",
  markup`<table>
<thead><tr><th scope="col">Scenario</th><th scope="col">Verdict</th><th scope="col" class="number">Read outage</th><th scope="col" class="number">Write outage</th><th scope="col" class="number">Total outage</th><th scope="col" class="number optional">Workload outage</th><th scope="col" class="number optional">Elections</th><th scope="col" class="number">Writes lost</th></tr></thead>
<tbody>${scenarios.map((scenario) => scenarioRow(scenario, scenarios))}${left.map(
    ({ title, why }) => markup`
<tr class="quiet"><td class="client">${title}</td><td colspan="7">${sign("skipped")}${why}</td></tr>`,
  )}
</tbody></table>`,
)}
<p class="note small">Outage: from the first failed request to the first good answer after the last failure; limits apply to this. Total outage: the longest time in which no read, or no write, was answered; in the rest of an outage some were. Workload: Service and NodePort.</p>
</section>`;
}

function scenarioRow(scenario: ScenarioReport, all: readonly ScenarioReport[]): Markup {
  const { scenario: number, title, outcome, ledger, termChanges } = scenario;
  const worst = worstOf(scenario, ["apiRead", "apiWrite"]);
  return markup`
<tr><td class="client"><a href="#s${number}">${title}</a>${roundText(scenario, all)}</td><td><span class="outcome ${outcome}">${sign(outcome)}${outcomeText(scenario)}</span></td>${outCell(scenario, ["apiRead"])}${outCell(scenario, ["apiWrite"])}${lengthCell(worst?.dark, false)}${outCell(scenario, ["service", "nodePort"], "optional")}<td class="number optional">${termChanges === 0 ? markup`<span class="none">–</span>` : termChanges}</td><td class="number">${
    ledger
      ? markup`<span${ledger.lost.length > 0 && markup` class="over-limit"`}>${ledger.lost.length}</span> of ${ledger.acknowledged}`
      : markup`<span class="none">?</span>`
  }</td></tr>`;
}

/** The longest outage of these probes, highlighted where it is beyond its limit. */
function outCell(scenario: ScenarioReport, names: readonly ProbeName[], columns?: string): Markup {
  const broken = scenario.probes.some(({ probe, breach }) => names.includes(probe.name) && breach !== undefined);
  return lengthCell(worstOf(scenario, names)?.longest, broken, columns);
}

/** Scenarios that ran several times. */
export function roundsSection({ rounds }: DrillReport): Markup | undefined {
  if (rounds.length === 0) return undefined;
  return markup`<section>
<h2>Rounds</h2>
${rounds.map(roundsTable)}
</section>`;
}

function roundsTable({ title, rounds, probes }: RoundsReport): Markup {
  const highest = Math.max(...probes.map(({ worstDark }) => worstDark));
  const table = markup`<table>
<thead><tr><th scope="col">${title}, ${rounds} rounds</th><th scope="col">From</th><th scope="col" class="number">Median total outage</th><th scope="col" class="number">Worst total outage</th><th scope="col" class="number">Worst partial outage</th><th scope="col" class="number">Failed requests</th><th scope="col" class="each optional">Total outage in each round</th></tr></thead>
<tbody>${probes.map(
    ({ probe, darks, median, worstDark, worstTail, failed, asked }) => markup`
<tr${failed === 0 && markup` class="quiet"`}><td class="client">${probe.title}</td><td>${probe.from}</td>${lengthCell(median, false)}${lengthCell(worstDark, false)}${lengthCell(worstTail, false)}<td class="number">${failed} of ${asked}</td><td class="each optional">${worstDark > 0 && eachRound(darks, highest)}</td></tr>`,
  )}
</tbody></table>`;
  return wide(`${title}, ${rounds} rounds`, table);
}

/** A bar for each round: its height is the total outage. */
function eachRound(darks: readonly number[], highest: number): Markup {
  const step = 100 / Math.max(10, darks.length);
  return markup`<svg role="img" aria-label="${darks.map(lengthText).join(", ")}">${darks.map((dark, index) => {
    const height = Math.max(1, Math.round((18 * dark) / highest));
    return markup`<rect x="${(index * step).toFixed(1)}%" y="${18 - height}" width="${(step * 0.7).toFixed(1)}%" height="${height}"><title>${lengthText(dark)}</title></rect>`;
  })}</svg>`;
}

/** `round 2`, where a scenario ran more than once. */
export function roundText({ name, scenario }: ScenarioReport, all: readonly ScenarioReport[]): Markup | undefined {
  const rounds = all.filter((each) => each.name === name);
  if (rounds.length < 2) return undefined;
  return markup` <span class="round">round ${rounds.findIndex((each) => each.scenario === scenario) + 1}</span>`;
}

const SIGNS: Readonly<Record<DrillOutcome | "skipped", string>> = {
  ok: "✓",
  breach: "✗",
  failed: "✗",
  cancelled: "–",
  unfinished: "–",
  skipped: "–",
};

/** So that a verdict is not shown by its colour alone. */
export function sign(outcome: DrillOutcome | "skipped"): Markup {
  return markup`<span class="sign" aria-hidden="true">${SIGNS[outcome]}</span>`;
}

/** A length in a column: a dash where there was no outage, a question mark where there were no requests. */
export function lengthCell(ms: number | undefined, beyond: boolean, columns = ""): Markup {
  const text =
    ms === undefined
      ? markup`<span class="none">?</span>`
      : ms === 0
        ? markup`<span class="none">–</span>`
        : lengthColumn(ms);
  return markup`<td class="number ${columns}${beyond && " over-limit"}">${text}</td>`;
}
