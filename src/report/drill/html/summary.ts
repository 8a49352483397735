import type { ProbeName } from "../../../drills/events.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import type { ScenarioReport } from "../scenario.ts";
import { outcomeText } from "../words.ts";
import { worstOf } from "../worst.ts";
import { lengthCell, sign } from "./cells.ts";

/** All scenarios in one table, those that were left out too. */
export function summarySection({ scenarios, skipped, notBegun }: DrillReport): Markup {
  const left = [
    ...skipped.map(({ title, reason }) => ({ title, why: `skipped: ${reason}` })),
    ...notBegun.map((title) => ({ title, why: "not begun" })),
  ];
  return markup`<section id="scenarios">
<h2>Scenarios</h2>
${wide(
  "Scenarios",
  markup`<table>
<thead><tr><th scope="col">Scenario</th><th scope="col">Verdict</th><th scope="col" class="number">Reads out</th><th scope="col" class="number">Writes out</th><th scope="col" class="number">Of it dark</th><th scope="col" class="number optional">Workload out</th><th scope="col" class="number optional">Elections</th><th scope="col" class="number">Writes lost</th></tr></thead>
<tbody>${scenarios.map((scenario) => row(scenario, scenarios))}${left.map(
    ({ title, why }) => markup`
<tr class="quiet"><td class="client">${title}</td><td colspan="7">${sign("skipped")}${why}</td></tr>`,
  )}
</tbody></table>`,
)}
<p class="note small">Out: from the first such request that failed to the next good answer to anybody; this is what limits are held against. Of it dark: the longest time, of reads or writes, in which none was answered; in the rest some were and some were not. Workload out: the same for the Service and the NodePort.</p>
</section>`;
}

function row(scenario: ScenarioReport, all: readonly ScenarioReport[]): Markup {
  const { scenario: number, title, outcome, ledger, termChanges } = scenario;
  const worst = worstOf(scenario, ["apiRead", "apiWrite"]);
  return markup`
<tr><td class="client"><a href="#s${number}">${title}</a>${roundText(scenario, all)}</td><td><span class="outcome ${outcome}">${sign(outcome)}${outcomeText(scenario)}</span></td>${outCell(scenario, ["apiRead"])}${outCell(scenario, ["apiWrite"])}${lengthCell(worst?.dark, false)}${outCell(scenario, ["service", "nodePort"], "optional")}<td class="number optional">${termChanges === 0 ? markup`<span class="none">–</span>` : termChanges}</td><td class="number">${
    ledger
      ? markup`<span${ledger.lost.length > 0 && markup` class="over-limit"`}>${ledger.lost.length}</span> of ${ledger.acknowledged}`
      : markup`<span class="none">?</span>`
  }</td></tr>`;
}

/** For how long these clients were out, marked where that is what breaks the limit. */
function outCell(scenario: ScenarioReport, names: readonly ProbeName[], columns?: string): Markup {
  const broken = scenario.probes.some(({ probe, breach }) => names.includes(probe.name) && breach !== undefined);
  return lengthCell(worstOf(scenario, names)?.longest, broken, columns);
}

/** `round 2`, where a scenario was run more than once. */
export function roundText({ name, scenario }: ScenarioReport, all: readonly ScenarioReport[]): Markup | undefined {
  const rounds = all.filter((each) => each.name === name);
  if (rounds.length < 2) return undefined;
  return markup` <span class="round">round ${rounds.findIndex((each) => each.scenario === scenario) + 1}</span>`;
}
