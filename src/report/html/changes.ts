import type { Change } from "../../engine/events.ts";
import { formatDuration } from "../duration.ts";
import { ABSENT, titleOf } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import type { Report, ResourceChange, StepReport } from "../report.ts";

/** Up to this many changes are shown unfolded; more are folded, one fold per host. */
const AT_A_GLANCE = 12;

/** The changes by host and phase, each with its diff. */
export function changesSection(report: Report): Markup | undefined {
  if (report.changed === 0) return undefined;
  const open = report.changed <= AT_A_GLANCE;
  return markup`<section>
<div class="head"><h2>${report.mode === "plan" ? "What would change" : "What changed"}</h2></div>
${report.hosts.map((host) =>
  hostChanges(
    report,
    report.steps.filter((step) => step.host === host && step.changes.length > 0),
    open,
  ),
)}
</section>`;
}

function hostChanges(report: Report, steps: readonly StepReport[], open: boolean): Markup | undefined {
  const [first] = steps;
  if (!first) return undefined;
  const count = steps.reduce((total, { changes }) => total + changes.length, 0);
  return markup`<details class="host-changes"${open && markup` open=""`}><summary>${first.host}<span class="note">${count} ${count === 1 ? "change" : "changes"}</span></summary>
<div class="inside">${steps.map(
    ({ phase, changes }) => markup`<h3>${titleOf(report, phase)}</h3>
<ul class="changes">${changes.map(
      (change) => markup`
<li>${resourceChange(change, report)}</li>`,
    )}
</ul>
`,
  )}</div></details>
`;
}

/** One line for one short value; everything else is folded. */
function resourceChange({ resource, changes, ms }: ResourceChange, report: Report): Markup {
  const took =
    ms === undefined
      ? report.mode === "apply" && markup`<span class="took outcome failed">not done</span>`
      : ms >= 1000 && markup`<span class="took">${formatDuration(ms)}</span>`;
  const [only] = changes;
  if (changes.length === 1 && only && only.diff === undefined && !`${only.from}${only.to}`.includes("\n"))
    return markup`<div class="plain">${resource} <span class="note">${fieldChange(only)}</span>${took}</div>`;
  return markup`<details><summary>${resource}${diffStat(changes)}${took}</summary>${changes.map((change) =>
    change.diff === undefined
      ? markup`<ul class="fields"><li>${fieldChange(change)}</li></ul>`
      : markup`<div class="diff" role="group" aria-label="Diff" tabindex="0">${diffLines(change.diff)}</div>`,
  )}</details>`;
}

function fieldChange({ field, from, to }: Change): Markup {
  const after = markup`<code>${to ?? ABSENT}</code>`;
  return from === undefined || from === ABSENT
    ? markup`${field}: ${after}`
    : markup`${field}: <code>${from}</code> → ${after}`;
}

function diffLines(diff: string): Markup[] {
  return diff
    .trimEnd()
    .split("\n")
    .map((line) => {
      const kind = /^(\+\+\+|---|@@)/.test(line) ? "at" : line.startsWith("+") ? "add" : line.startsWith("-") && "cut";
      return markup`<span${kind && markup` class="${kind}"`}>${line === "" ? " " : line}</span>`;
    });
}

function diffStat(changes: readonly Change[]): Markup | undefined {
  const lines = changes.flatMap(({ diff }) => diff?.split("\n") ?? []);
  const added = lines.filter((line) => /^\+(?!\+\+)/.test(line)).length;
  const cut = lines.filter((line) => /^-(?!--)/.test(line)).length;
  if (added + cut === 0) return undefined;
  return markup`<span class="stat">${added > 0 && markup`<span class="add">+${added}</span>`} ${cut > 0 && markup`<span class="cut">−${cut}</span>`}</span>`;
}
