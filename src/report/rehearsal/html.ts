import { formatDuration, utc } from "../duration.ts";
import { DRILL_PATTERN, drillBody } from "../drill/html.ts";
import { DRILL_STYLE } from "../drill/html/style.ts";
import { reportBody } from "../html.ts";
import { STYLE } from "../html/style.ts";
import { wide } from "../html/wide.ts";
import { type Markup, markup, verbatim } from "../markup.ts";
import { page } from "../page.ts";
import type { RehearsalReport, ReportedPart } from "./report.ts";
import { headline } from "./words.ts";

const REHEARSAL_STYLE = verbatim(`
.part { border-top: 3px solid var(--rule); margin-top: 4rem; padding-top: 2rem; }
.part h1 { font-size: 1.5rem; }
@media print { .part { break-before: page; margin-top: 0; } }
`);

/** All parts of a rehearsal on one page: the result of each, and then the report of each. */
export function rehearsalHtml(report: RehearsalReport): string {
  const { acts, cluster } = report;
  return page({
    title: `${cluster}: ${headline(report)}`,
    style: markup`${STYLE}${DRILL_STYLE}${REHEARSAL_STYLE}`,
    body: markup`${DRILL_PATTERN}
${header(report)}
${acts.map(partSection)}`,
    footer: "Made by tripod rehearse. The same as data: tripod report --format json.",
    folds: true,
  });
}

function header({ cluster, inventories, machines, startedAt, wallMs, ok, acts, ...rest }: RehearsalReport): Markup {
  const facts: readonly (readonly [string, string | Markup])[] = [
    ["inventory", inventories.map(nameOf).join(", then ")],
    ...(machines === undefined ? [] : [["at most", `${machines} machines`] as const]),
    ...(rest.release ? [["Debian", rest.release.join(", ")] as const] : []),
    ["when", markup`<time datetime="${new Date(startedAt).toISOString()}">${utc(startedAt)}</time>`],
    ["took", formatDuration(wallMs)],
  ];
  const outcome = ok === undefined ? "unfinished" : ok ? "ok" : "failed";
  return markup`<header>
<p class="over">tripod rehearse</p>
<h1>${cluster} <span class="outcome ${outcome}">${headline({ ok })}</span></h1>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${wide(
  "Parts",
  markup`<table>
<thead><tr><th scope="col">Part</th><th scope="col">Result</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${acts.map(partRow)}
</tbody></table>`,
)}
</header>`;
}

function partRow({ title, ok, said, ms, reports }: ReportedPart, index: number): Markup {
  const name = reports.length > 0 ? markup`<a href="#part${index + 1}">${title}</a>` : title;
  return markup`
<tr><td class="client">${name}</td><td><span class="outcome ${ok ? "ok" : "failed"}">${ok ? "✓" : "✗"}</span> ${said}</td><td class="number">${formatDuration(ms)}</td></tr>`;
}

function partSection({ reports }: ReportedPart, index: number): Markup | undefined {
  if (reports.length === 0) return undefined;
  return markup`<article class="part" id="part${index + 1}">
${reports.map((report) => ("drill" in report ? drillBody(report.drill) : reportBody(report.run)))}
</article>`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
