import type { ProbeName } from "../../../drills/events.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import type { ScenarioReport } from "../scenario.ts";
import { outcomeSaid } from "../words.ts";
import { type Worst, worstOf } from "../worst.ts";
import { lengthCell, sign } from "./cells.ts";

/** All scenarios in one table, those that were left out too. */
export function summarySection({ scenarios, skipped, notBegun }: DrillReport): Markup {
  const left = [
    ...skipped.map(({ title, reason }) => ({ title, why: `skipped: ${reason}` })),
    ...notBegun.map((title) => ({ title, why: "not begun" })),
  ];
  return markup`<section id="scenarios">
<h2>Scenarios</h2>
<div class="wide"><table>
<thead><tr><th>Scenario</th><th>Verdict</th><th class="number">Reads dark</th><th class="number">Writes dark</th><th class="number">Tail</th><th class="number optional">Workload out</th><th class="number optional">Elections</th><th class="number">Writes lost</th></tr></thead>
<tbody>${scenarios.map((scenario) => row(scenario, scenarios))}${left.map(
    ({ title, why }) => markup`
<tr class="quiet"><td class="client">${title}</td><td colspan="7">${sign("skipped")}${why}</td></tr>`,
  )}
</tbody></table></div>
<p class="note small">Dark: the longest time in which no such request was answered. Tail: for so long some were answered and some were not. Workload out: both together, for the Service and the NodePort.</p>
</section>`;
}

function row(scenario: ScenarioReport, all: readonly ScenarioReport[]): Markup {
  const { scenario: number, title, outcome, ledger, termChanges } = scenario;
  const worst = worstOf(scenario, ["apiRead", "apiWrite"]);
  return markup`
<tr><td class="client"><a href="#s${number}">${title}</a>${roundSaid(scenario, all)}</td><td><span class="outcome ${outcome}">${sign(outcome)}${outcomeSaid(scenario)}</span></td>${lengthCell(worstOf(scenario, ["apiRead"])?.dark, beyond(scenario, "dark", ["apiRead"]))}${lengthCell(worstOf(scenario, ["apiWrite"])?.dark, beyond(scenario, "dark", ["apiWrite"]))}${lengthCell(worst?.tail, beyond(scenario, "tail", ["apiRead", "apiWrite"]))}${lengthCell(worstOf(scenario, ["service", "nodePort"])?.longest, beyond(scenario, "longest", ["service", "nodePort"]), "optional")}<td class="number optional">${termChanges === 0 ? markup`<span class="none">–</span>` : termChanges}</td><td class="number">${
    ledger
      ? markup`<span${ledger.lost.length > 0 && markup` class="over-limit"`}>${ledger.lost.length}</span> of ${ledger.acknowledged}`
      : markup`<span class="none">?</span>`
  }</td></tr>`;
}

/** Whether it is this, of one of these clients, that breaks the limit: a tail does where its dark time alone would not. */
function beyond({ probes }: ScenarioReport, what: keyof Worst, names: readonly ProbeName[]): boolean {
  return probes.some(
    ({ probe, breach, measured, limit }) =>
      names.includes(probe.name) &&
      breach !== undefined &&
      (what === "tail" ? measured.dark <= limit && measured.tail > 0 : measured[what] > limit),
  );
}

/** `round 2`, where a scenario was run more than once. */
export function roundSaid({ name, scenario }: ScenarioReport, all: readonly ScenarioReport[]): Markup | undefined {
  const rounds = all.filter((each) => each.name === name);
  if (rounds.length < 2) return undefined;
  return markup` <span class="round">round ${rounds.findIndex((each) => each.scenario === scenario) + 1}</span>`;
}
