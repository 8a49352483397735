import { duration } from "../duration.ts";
import { titleOf } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import type { Report } from "../report.ts";

/** What did not hold at once, the longest first, with every reason that was given. */
export function waitsSection(report: Report): Markup | undefined {
  const waits = report.steps
    .flatMap((step) => step.waits.map((wait) => ({ ...wait, host: step.host, phase: step.phase })))
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((a, b) => b.end - b.start - (a.end - a.start));
  if (waits.length === 0) return undefined;
  return markup`<section>
<h2>Waits</h2>
<div class="wide"><table>
<thead><tr><th>Until</th><th>Host</th><th>Phase</th><th>What was missing</th><th class="number">Waited</th></tr></thead>
<tbody>${waits.map(
    ({ condition, host, phase, reasons, met, start, end }) => markup`
<tr><td>${condition}${!met && markup` <span class="outcome failed">never held</span>`}</td><td>${host}</td><td>${titleOf(report, phase)}</td><td><ul class="reasons">${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul></td><td class="number">${duration(end - start)}</td></tr>`,
  )}
</tbody></table></div>
</section>`;
}
