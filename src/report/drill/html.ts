import { STYLE } from "../html/style.ts";
import { type Markup, markup } from "../markup.ts";
import { headerSection } from "./html/header.ts";
import { roundsSection } from "./html/rounds.ts";
import { scenarioSection } from "./html/scenario.ts";
import { clusterSection, methodSection } from "./html/setting.ts";
import { DRILL_STYLE } from "./html/style.ts";
import { summarySection } from "./html/summary.ts";
import { verdictSection } from "./html/verdict.ts";
import type { DrillReport } from "./report.ts";
import { countsSaid } from "./words.ts";

/** The page has no script, and asks nobody for anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Shared by all pictures of the page: what is partly failing. */
const PATTERN = markup`<svg class="hidden" aria-hidden="true"><defs><pattern id="tail" class="hatching" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.3" height="5"/></pattern></defs></svg>`;

/**
 * One page that needs nothing else: no file beside it, no network, no script. Light and dark, on a screen and on paper. It is
 * well-formed XML, so that a test can tell markup from text.
 */
export function drillHtml(report: DrillReport): string {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<title>${report.cluster}: drill of ${countsSaid(report)}</title>
<style>${STYLE}${DRILL_STYLE}</style>
</head>
<body>
${PATTERN}
${headerSection(report)}
${verdictSection(report)}
<main>
${sections(report)}
</main>
<footer>Made by tripod drill. The same as data: tripod report --format json.</footer>
</body>
</html>
`.markup;
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
