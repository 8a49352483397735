import { formatDuration } from "../duration.ts";
import { titleOf } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import type { Report } from "../report.ts";
import type { Reason } from "../waits.ts";
import { keyLine } from "./program-output.ts";
import { wide } from "./wide.ts";

/** The conditions that were not met at once, the longest wait first, with every reason. */
export function waitsSection(report: Report): Markup | undefined {
  const waits = report.steps
    .flatMap((step) => step.waits.map((wait) => ({ ...wait, host: step.host, phase: step.phase })))
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((a, b) => b.end - b.start - (a.end - a.start));
  if (waits.length === 0) return undefined;
  return markup`<section>
<h2>Waits</h2>
${wide(
  "Waits",
  markup`<table>
<thead><tr><th scope="col">Until</th><th scope="col">Host</th><th scope="col">Phase</th><th scope="col">What was missing</th><th scope="col" class="number">Waited</th></tr></thead>
<tbody>${waits.map(
    ({ condition, host, phase, reasons, met, during, start, end }) => markup`
<tr><td>${condition}${during && markup`<div class="note">${during}</div>`}${!met && markup` <span class="outcome failed">never met</span>`}</td><td>${host}</td><td>${titleOf(report, phase)}</td><td>${reasonList(reasons)}</td><td class="number">${formatDuration(end - start)}</td></tr>`,
  )}
</tbody></table>`,
)}
</section>`;
}

/** A program's output of several lines: its key line, and all of it in a fold. */
function reasonText(reason: string): Markup | string {
  return reason.trim().includes("\n")
    ? markup`<details><summary>${keyLine(reason)}</summary><pre>${reason}</pre></details>`
    : reason;
}

/** Reasons that lasted a tenth of the time or more; the others are folded, because a program that prints its progress gives many. */
function reasonList(reasons: readonly Reason[]): Markup {
  const all = reasons.reduce((total, { ms }) => total + ms, 0);
  const long = reasons.filter(({ ms }) => ms >= all / 10);
  const short = reasons.filter((reason) => !long.includes(reason));
  const items = (some: readonly Reason[]) =>
    markup`<ul class="reasons">${some.map(({ reason, ms }) => markup`<li>${reasonText(reason)} <span class="took">${formatDuration(ms)}</span></li>`)}</ul>`;
  return markup`${items(long)}${short.length > 0 && markup`<details class="note"><summary>${short.length} shorter</summary>${items(short)}</details>`}`;
}
