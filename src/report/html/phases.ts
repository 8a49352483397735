import { formatDuration } from "../duration.ts";
import { type Markup, markup } from "../markup.ts";
import type { PhaseReport, Report } from "../report.ts";
import { OUTCOMES } from "../text.ts";
import { share, swatch } from "./path.ts";
import { wide } from "./wide.ts";

/** When each phase ran, and how much it changed. */
export function phasesSection(report: Report): Markup {
  return markup`<section>
<h2>Phases</h2>
${wide(
  "Phases",
  markup`<table>
<thead><tr><th scope="col">Phase</th><th scope="col" class="number">Hosts</th><th scope="col" class="number">${report.mode === "plan" ? "To change" : "Changed"}</th><th scope="col" class="number">From</th><th scope="col" class="number">To</th><th scope="col" class="number">Took</th><th scope="col" class="share">When</th></tr></thead>
<tbody>${report.phases.map((phase) => phaseRow(report, phase))}
</tbody></table>`,
)}
</section>`;
}

function phaseRow(report: Report, phase: PhaseReport): Markup {
  const { name, title, hosts, start, outcome } = phase;
  const end = phase.end ?? report.wallMs;
  const steps = report.steps.filter((step) => step.phase === name);
  const changed = steps.reduce((total, { changes }) => total + changes.length, 0);
  const ended =
    hosts.length > 0 &&
    outcome !== "ok" &&
    markup` <span class="outcome ${outcome}">${start === undefined ? "not started" : OUTCOMES[outcome]}</span>`;
  const ran = start !== undefined && steps.length > 0;
  return markup`
<tr><td class="phase">${swatch(name)}${title}${ended}</td><td class="number">${hosts.length || "none"}</td><td class="number">${changed || ""}</td>${
    ran
      ? markup`<td class="number">${formatDuration(start)}</td><td class="number">${formatDuration(end)}</td><td class="number">${formatDuration(end - start)}</td><td class="share">${share({ start, end, phase: name }, report.wallMs)}</td>`
      : markup`<td></td><td></td><td></td><td class="share"></td>`
  }</tr>`;
}
