import { readFileSync } from "node:fs";
import type { DrillEvent } from "../src/drills/events.ts";
import type { RunEvent } from "../src/engine/events.ts";
import { drillHtml, drillReportOf } from "../src/report/drill/index.ts";
import { reportHtml } from "../src/report/html.ts";
import { groupOf, PHASE_GROUPS } from "../src/report/phase-groups.ts";
import { type Report, reportOf } from "../src/report/report.ts";

/** Around a picture and between two of them, in the pictures' own units. */
const MARGIN = 14;

/** The README's pictures, by path: the timelines of the reports' pages, from the records of two real runs. */
export function pictures(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/pictures/bring-up.svg", bringUp()],
    ["docs/pictures/power-cut.svg", powerCut()],
  ]);
}

function bringUp(): string {
  const report = reportOf(record<RunEvent>("bring-up"));
  if (!report) throw new Error("bring-up.jsonl is no record of a run");
  return picture("A bring-up: what each host did when", reportHtml(report), legend(report));
}

/** The whole scenario, and below it a close-up of the moment in which the power was cut. */
function powerCut(): string {
  const report = drillReportOf(record<DrillEvent>("power-cut"));
  if (!report) throw new Error("power-cut.jsonl is no record of a drill");
  return picture(
    "A power cut: who held the VIP, who led etcd, and what clients noticed; below, a close-up",
    drillHtml(report),
  );
}

function record<Event>(name: string): Event[] {
  const text = readFileSync(new URL(`../test/fixtures/pictures/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
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

/** One SVG file that needs nothing else: the timelines of a page below each other, with the page's colours. */
function picture(title: string, page: string, below = ""): string {
  const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? "";
  const hatching = /<pattern id="tail".*?<\/pattern>/s.exec(page)?.[0] ?? "";
  let width = 0;
  let height = MARGIN;
  const placed = `${page}${below}`.match(/<svg class="timeline.*?<\/svg>/gs)?.map((timeline) => {
    const [, ...size] = / width="([\d.]+)" height="([\d.]+)"/.exec(timeline) ?? [];
    const [across = 0, down = 0] = size.map(Number);
    const y = height;
    width = Math.max(width, across + 2 * MARGIN);
    height += down + MARGIN;
    // An image in a page has no pointer: texts that are shown on hover are left out, and the records do without them.
    return timeline.replace(/<title>[^<]*<\/title>/g, "").replace("<svg", `<svg x="${MARGIN}" y="${y}"`);
  });
  if (!placed) throw new Error("the page has no timeline");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<!-- Drawn by scripts/pictures.ts from a record of a real run: npm run generate -->
<style>
${rulesFor(style)}
svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif; }
.timeline { font-size: 11px; }
.legend { fill: var(--soft); }
.paper { fill: var(--paper); }
</style>
${hatching && `<defs>${hatching}</defs>`}
<rect class="paper" width="100%" height="100%"/>
${placed.join("\n")}
</svg>
`;
}

/** Of a page's style the colours, light and dark, and the rules for what is in the timelines. */
function rulesFor(style: string): string {
  const colours = style.match(/^:root \{[^}]*\}|^@media screen [^{]*\{\s*:root \{[^}]*\}\s*\}/gm) ?? [];
  const drawn = style.match(/^(?:\.timeline [^{]*|\.hatching [^{]*|\.[gh][\w-]* (?:\.step|rect)) \{[^}]*\}.*$/gm) ?? [];
  const rules = drawn.filter((rule) => !rule.includes(":hover")).map((rule) => rule.replace(/ \.swatch.*$/, ""));
  return [...colours, ...rules].join("\n");
}
