import type { ErrorRecord } from "../../../engine/events.ts";
import { type Markup, markup } from "../../markup.ts";
import { programOutput } from "../../html/program-output.ts";
import type { DrillReport } from "../report.ts";
import type { ScenarioReport } from "../scenario.ts";

/** On top of everything: what went beyond its limits or failed, by scenario. */
export function verdictSection(report: DrillReport): Markup | undefined {
  const cards = report.scenarios.filter(({ breaches, errors }) => breaches.length + errors.length > 0);
  const advice = adviceFor(report);
  if (cards.length === 0 && advice === undefined) return undefined;
  return markup`<section>${advice !== undefined && markup`<p class="lead advice">${advice}</p>`}${cards.map(
    (scenario) => markup`
<div class="failure"><h3><a href="#s${scenario.scenario}">${scenario.title}</a></h3>${findings(scenario)}</div>`,
  )}</section>`;
}

/** What was wrong in a scenario. */
export function findings({ breaches, errors }: ScenarioReport): Markup {
  return markup`${breaches.length > 0 && markup`<ul>${breaches.map((breach) => markup`<li>${breach}</li>`)}</ul>`}${errors.map(errorMarkup)}`;
}

function errorMarkup({ message, code, host, why, hint }: ErrorRecord): Markup {
  return markup`<p>${host !== undefined && markup`${host}: `}${message} <span class="note">${code}</span></p>
${why && programOutput(why)}${hint && markup`<p class="todo">→ ${hint}</p>`}`;
}

function adviceFor({ outcome, scenarios }: DrillReport): string | undefined {
  const last = scenarios.at(-1);
  const during = last ? ` during “${last.title}”` : " before its first scenario";
  switch (outcome) {
    case "ok":
    case "breach":
    case "failed":
      return undefined;
    case "cancelled":
      return `It was stopped${during}.`;
    case "unfinished":
      return `The record breaks off${during}: the drill was killed, or is still running. Hosts undo what was done to them by themselves.`;
  }
}
