import { lengthOf, type Span } from "../../../drills/outages.ts";
import { duration } from "../../duration.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import type { ScenarioReport } from "../scenario.ts";
import { closeUp, wholeView } from "../timeline/close-up.ts";
import { timelineSvg } from "../timeline/timeline.ts";
import { outcomeText } from "../words.ts";
import { sign } from "./cells.ts";
import { courseList } from "./course.ts";
import { legend } from "./legend.ts";
import { probesTable } from "./probes.ts";
import { roundText } from "./summary.ts";
import { findings } from "./verdict.ts";

/** One scenario: what was done, the picture of it, what each client felt, and how it came back. */
export function scenarioSection(report: DrillReport, scenario: ScenarioReport): Markup {
  const { scenario: number, name, title, outcome, breaches, errors, probes } = scenario;
  const [first] = report.scenarios;
  const near = closeUp(scenario);
  return markup`<section class="scenario" id="s${number}">
<h2>${title}${roundText(scenario, report.scenarios)} <span class="outcome ${outcome}">${sign(outcome)}${outcomeText(scenario)}</span></h2>
<p class="note">${doneText(scenario)} <span class="small">${name}</span></p>
${breaches.length + errors.length > 0 && markup`<div class="failure">${findings(scenario)}</div>`}
${wide("Timeline", timelineSvg(scenario, probes, report.masters, wholeView(scenario)))}
${scenario === first && legend(report)}${
    near &&
    markup`<p class="close-up">Close-up of the disruption: ${duration(lengthOf(near))}, and who was disturbed then</p>
${wide("Close-up", timelineSvg(scenario, disturbed(probes, near), report.masters, near, "Close-up"))}`
  }
${probesTable(scenario)}
${courseList(scenario)}
</section>`;
}

function disturbed(probes: ScenarioReport["probes"], near: Span): ScenarioReport["probes"] {
  return probes.filter(({ measured }) => measured.outages.some(({ from, to }) => to > near.from && from < near.to));
}

/** `power of m1 cut for 10 s; 21 s after it was put right everything was as before.` */
function doneText({ what, times, stops, stays }: ScenarioReport): string {
  const { disrupt, restore, restored, whole } = times;
  if (stays) return changeText(what, times);
  const lasted = disrupt !== undefined && restore !== undefined ? ` for ${duration(restore - disrupt)}` : "";
  const end =
    whole !== undefined && restored !== undefined
      ? `; ${duration(whole - restored)} after it was put right everything was as before`
      : restored === undefined
        ? "; that it was put right is not told"
        : "; it was put right, but not everything was as before";
  const meant = stops
    ? " Reads and writes are meant to stop: how long they did is measured, and judged by nobody."
    : "";
  return disrupt === undefined ? `It was not begun: ${what}.` : `${what}${lasted}${end}.${meant}`;
}

/** `prod-next.yaml was applied in 12 s; 2 s later everything was as it should be.` */
function changeText(what: string, { disrupt, restored, whole }: ScenarioReport["times"]): string {
  if (disrupt === undefined) return `It was not begun: ${what}.`;
  if (restored === undefined) return `${what}; that it came to an end is not told.`;
  const took = `${what}, in ${duration(restored - disrupt)}`;
  return whole === undefined
    ? `${took}; not everything was as it should be after it.`
    : `${took}; ${duration(whole - restored)} later everything was as it should be.`;
}
