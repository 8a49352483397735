import { STYLE } from "../html/style.ts";
import { type Markup, markup } from "../markup.ts";
import { page } from "../page.ts";
import { headerSection } from "./html/header.ts";
import { roundsSection } from "./html/rounds.ts";
import { scenarioSection } from "./html/scenario.ts";
import { clusterSection, methodSection } from "./html/setting.ts";
import { DRILL_STYLE } from "./html/style.ts";
import { summarySection } from "./html/summary.ts";
import { verdictSection } from "./html/verdict.ts";
import type { DrillReport } from "./report.ts";
import { countsText } from "./words.ts";

/** Shared by all pictures of the page: what is partly failing. */
export const DRILL_PATTERN = markup`<svg class="hidden" aria-hidden="true"><defs><pattern id="tail" class="hatching" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.3" height="5"/></pattern></defs></svg>`;

export function drillHtml(report: DrillReport): string {
  return page({
    title: `${report.cluster}: drill of ${countsText(report)}`,
    style: markup`${STYLE}${DRILL_STYLE}`,
    body: markup`${DRILL_PATTERN}
${drillBody(report)}`,
    footer: "Made by tripod drill. The same as data: tripod report --format json.",
    folds: false,
  });
}

/** The page without what is around it. */
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
