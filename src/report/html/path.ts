import { duration } from "../duration.ts";
import { longestOnPath, stepSentence, titleOf, whatTook } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import { groupOf, PHASE_GROUPS } from "../phase-groups.ts";
import type { Report } from "../report.ts";
import { timelineSvg } from "../timeline-svg.ts";

/** What took the time: in a sentence, as a picture, and as the table of the steps that waited for one another. */
export function pathSection(report: Report): Markup | undefined {
  const longest = longestOnPath(report);
  if (!longest) return undefined;
  const { steps, commandMs, wallMs } = report.criticalPath;
  return markup`<section>
<h2>What took the time</h2>
<p class="lead">${stepSentence(report, longest)}.</p>
<div class="wide">${timelineSvg(report)}</div>
${legend(report)}
<h2>Critical path</h2>
<p class="note">Each of these steps waited for the one above it; whatever else was done meanwhile cost no time. The hosts themselves worked for ${duration(commandMs)} of the ${duration(wallMs)}.</p>
<div class="wide"><table>
<thead><tr><th>Step</th><th>Host</th><th>Mostly</th><th class="number">From</th><th class="number">Took</th><th class="share"></th></tr></thead>
<tbody>${steps.map(
    (step) => markup`
<tr${step === longest && markup` class="longest"`}><td class="nowrap">${swatch(step.phase)}${titleOf(report, step.phase)}</td><td>${step.host}</td><td>${whatTook(report, step)}</td><td class="number">${duration(step.start)}</td><td class="number">${duration(step.end - step.start)}</td><td class="share">${share(step, wallMs)}</td></tr>`,
  )}
</tbody></table></div>
</section>`;
}

export function swatch(phase: string): Markup {
  return markup`<span class="swatch g-${groupOf(phase)}"></span>`;
}

/** Where in the run a span of time lies, as a short strip. */
export function share({ start, end, phase }: { start: number; end: number; phase: string }, wallMs: number): Markup {
  const percent = (ms: number) => Math.round((ms / Math.max(1, wallMs)) * 1000) / 10;
  const width = Math.max(0.6, percent(end - start));
  return markup`<svg aria-hidden="true"><rect width="100%" height="8" rx="2"/><g class="g-${groupOf(phase)}"><rect class="step" x="${Math.min(percent(start), 100 - width)}%" width="${width}%" height="8" rx="2"/></g></svg>`;
}

function legend(report: Report): Markup {
  const shown = new Set(report.steps.map(({ phase }) => groupOf(phase)));
  const waited = report.steps.some(({ waits }) => waits.some(({ reasons }) => reasons.length > 0));
  return markup`<ul class="legend">${PHASE_GROUPS.filter(({ name }) => shown.has(name)).map(
    ({ name, title }) => markup`<li><span class="swatch g-${name}"></span>${title}</li>`,
  )}${waited && markup`<li><span class="swatch waiting"></span>waiting for a condition</li>`}<li><span class="swatch critical"></span>critical path</li></ul>`;
}
