import { readFileSync } from "node:fs";
import type { DrillEvent } from "../src/drills/events.ts";
import type { RunEvent } from "../src/engine/events.ts";
import { DRILL_PATTERN } from "../src/report/drill/html.ts";
import { DRILL_STYLE } from "../src/report/drill/html/style.ts";
import { drillReportOf } from "../src/report/drill/index.ts";
import { closeUp, wholeView } from "../src/report/drill/timeline/close-up.ts";
import { timelineSvg as drillTimelineSvg } from "../src/report/drill/timeline/timeline.ts";
import { STYLE } from "../src/report/html/style.ts";
import { groupOf, PHASE_GROUPS } from "../src/report/phase-groups.ts";
import { type Report, reportOf } from "../src/report/report.ts";
import { timelineSvg } from "../src/report/timeline-svg.ts";

/** Around a picture and between two of them, in the pictures' own units. */
const MARGIN = 14;

/** The README's pictures, by path: the timelines of the reports' pages, drawn from the records of two real runs. */
export function pictures(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/pictures/bring-up.svg", bringUp()],
    ["docs/pictures/power-cut.svg", powerCut()],
  ]);
}

function bringUp(): string {
  const report = reportOf(record<RunEvent>("bring-up"));
  if (!report) throw new Error("bring-up.jsonl is no record of a run");
  return picture("A bring-up: what each host did when", [timelineSvg(report).markup, legend(report)], STYLE.markup);
}

/** The colours of the phases that there are, in one line. */
function legend(report: Report): string {
  const found = new Set(report.steps.map(({ phase }) => groupOf(phase)));
  let next = 0;
  const groups = PHASE_GROUPS.filter(({ name }) => found.has(name)).map(({ name, title }) => {
    const x = next;
    next += 44 + 7 * title.length;
    return `<g class="g-${name}"><rect class="step" x="${x}" y="2" width="12" height="12" rx="2"/></g><text class="legend" x="${x + 18}" y="12">${title}</text>`;
  });
  return `<svg class="timeline" width="1080" height="16">${groups.join("")}</svg>`;
}

/** The whole scenario, and below it a close-up of the moment in which the power was cut. */
function powerCut(): string {
  const report = drillReportOf(record<DrillEvent>("power-cut"));
  const scenario = report?.scenarios[0];
  const near = scenario && closeUp(scenario);
  if (!near) throw new Error("power-cut.jsonl is no record of a drill that needs a close-up");
  const views = [wholeView(scenario), near].map((view) =>
    drillTimelineSvg(scenario, scenario.probes, report.masters, view),
  );
  return picture(
    "A power cut: who held the VIP, who led etcd, and what clients noticed; below, a close-up of the moment",
    [DRILL_PATTERN.markup.replace(/<\/?svg[^>]*>/g, ""), ...views.map(({ markup }) => markup)],
    `${STYLE.markup}\n${DRILL_STYLE.markup}`,
  );
}

function record<Event>(name: string): Event[] {
  const text = readFileSync(new URL(`../test/fixtures/pictures/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

/** One SVG file that asks for nothing from elsewhere: the timelines below each other on the page's paper, with the page's colours. */
function picture(title: string, parts: readonly string[], style: string): string {
  let width = 0;
  let height = MARGIN;
  const placed = parts.map((part) => {
    const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(part);
    if (!size) return part;
    const y = height;
    width = Math.max(width, Number(size[1]));
    height += Number(size[2]) + MARGIN;
    // A picture in a page has no pointer: what the pages say on hover is left out, and the records do without it.
    return part.replace(/<title>[^<]*<\/title>/g, "").replace("<svg", `<svg x="${MARGIN}" y="${y}"`);
  });
  width += 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<!-- Drawn by scripts/pictures.ts from a record of a real run: npm run generate -->
<style>
${rulesFor(style)}
svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif; }
.timeline { font-size: 11px; }
.legend { fill: var(--soft); }
.paper { fill: var(--paper); }
</style>
<rect class="paper" width="100%" height="100%"/>
${placed.join("\n")}
</svg>
`;
}

/** Of a page's style the colours, light and dark, and the rules for what is in the timelines. */
function rulesFor(style: string): string {
  const colours = style.match(/^:root \{[^}]*\}|^@media screen [^{]*\{\s*:root \{[^}]*\}\s*\}/gm) ?? [];
  const drawn = style.match(/^(?:\.timeline [^{]*|\.hatching [^{]*|\.[gh][\w-]* (?:\.step|rect)) \{[^}]*\}.*$/gm) ?? [];
  const rules = drawn
    .filter((rule) => !/:hover|pattern rect/.test(rule))
    .map((rule) => rule.replace(/ \.swatch.*$/, ""));
  return [...colours, ".timeline pattern rect { fill: var(--hatch); }", ...rules].join("\n");
}
