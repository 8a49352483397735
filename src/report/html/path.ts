import { formatDuration } from "../duration.ts";
import { type Activity, activitiesOf, longestOnPath, stepAt, stepSentence, titleOf } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import { groupOf, PHASE_GROUPS } from "../phase-groups.ts";
import type { Report } from "../report.ts";
import { isVisible, timelineSvg } from "../timeline-svg.ts";
import { keyLine } from "./program-output.ts";
import { wide } from "./wide.ts";

/** What took the time: a sentence, the timeline, and the table of the critical path. */
export function pathSection(report: Report): Markup | undefined {
  const longest = longestOnPath(report);
  if (!longest) return undefined;
  const { steps, commandMs, wallMs } = report.criticalPath;
  const reason = activitiesOf(stepAt(report, longest))[0]?.reason;
  return markup`<section>
<h2>What took the time</h2>
<p class="lead">${stepSentence(report, longest)}.</p>
${reason && reason.ms >= 1000 && markup`<p class="note">${formatDuration(reason.ms)} of it: ${keyLine(reason.reason)}</p>`}
${wide("Timeline", timelineSvg(report))}
${legend(report)}
<h2>Critical path</h2>
<p class="note">Each of these steps waited for the one above it; everything else ran in parallel and cost no time. The hosts themselves worked for ${formatDuration(commandMs)} of the ${formatDuration(wallMs)}.</p>
${wide(
  "Critical path",
  markup`<table>
<thead><tr><th scope="col">Step</th><th scope="col">Host</th><th scope="col">Mostly</th><th scope="col" class="number">From</th><th scope="col" class="number">Took</th><th scope="col" class="share">When</th></tr></thead>
<tbody>${steps.map(
    (step) => markup`
<tr${step === longest && markup` class="longest"`}><td class="phase">${swatch(step.phase)}${titleOf(report, step.phase)}</td><td>${step.host}</td><td>${mostly(activitiesOf(stepAt(report, step)), step.end - step.start)}</td><td class="number">${formatDuration(step.start)}</td><td class="number">${formatDuration(step.end - step.start)}</td><td class="share">${share(step, wallMs)}</td></tr>`,
  )}
</tbody></table>`,
)}
</section>`;
}

/** The longest activity, and the others that took a sixth of the step or more. */
function mostly(activities: readonly Activity[], stepMs: number): Markup[] {
  const [longest] = activities;
  const shown = activities.filter((each) => each === longest || each.ms > stepMs / 6).slice(0, 3);
  return shown.map(({ title, ms, reason }) => {
    const took = activities.length > 1 && markup` <span class="took">${formatDuration(ms)}</span>`;
    const why =
      reason &&
      reason.ms >= 1000 &&
      markup`<div class="note why">${keyLine(reason.reason)} <span class="took">${formatDuration(reason.ms)}</span></div>`;
    return markup`<div>${title}${took}${why}</div>`;
  });
}

export function swatch(phase: string): Markup {
  return markup`<span class="swatch g-${groupOf(phase)}"></span>`;
}

/** A short strip that shows a span of time within the run. */
export function share({ start, end, phase }: { start: number; end: number; phase: string }, wallMs: number): Markup {
  const percent = (ms: number) => Math.round((ms / Math.max(1, wallMs)) * 1000) / 10;
  const width = Math.max(0.6, percent(end - start));
  return markup`<svg role="img" aria-label="from ${formatDuration(start)} to ${formatDuration(end)}"><rect width="100%" height="8" rx="2"/><g class="g-${groupOf(phase)}"><rect class="step" x="${Math.min(percent(start), 100 - width)}%" width="${width}%" height="8" rx="2"/></g></svg>`;
}

function legend({ steps }: Report): Markup {
  const groups = new Set(steps.map(({ phase }) => groupOf(phase)));
  const entries: [swatch: string, title: string, shown: boolean][] = [
    ...PHASE_GROUPS.map(({ name, title }) => [`g-${name}`, title, groups.has(name)] as [string, string, boolean]),
    ["waiting", "waiting for a condition", steps.some(({ waits }) => waits.some(isVisible))],
    ["critical", "critical path", true],
    ["failed", "failed", steps.some(({ outcome }) => outcome === "failed")],
    ["incomplete", "not finished", steps.some(({ outcome }) => outcome === "cancelled" || outcome === "unfinished")],
  ];
  return markup`<ul class="legend">${entries.map(
    ([name, title, shown]) => shown && markup`<li><span class="swatch ${name}"></span>${title}</li>`,
  )}</ul>`;
}
