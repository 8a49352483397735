import { titleOf, unmetSentence } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import type { Failure, Report } from "../report.ts";
import { programOutput } from "./program-output.ts";

/** At the top of the page: what failed, why, and what to do. */
export function failuresSection(report: Report): Markup | undefined {
  const failures = report.steps.flatMap((step) =>
    step.failures.map((failure) => failureCard({ host: step.host, ...failure }, titleOf(report, step.phase))),
  );
  const unmet = report.steps.flatMap((step) =>
    step.unmet
      ? markup`
<div class="failure"><h3>${titleOf(report, step.phase)} on ${step.host}</h3><p>${unmetSentence(step.unmet)}</p></div>`
      : [],
  );
  const advice = adviceFor(report);
  if (failures.length + unmet.length === 0 && advice === undefined) return undefined;
  return markup`<section>${advice !== undefined && markup`<p class="lead advice">${advice}</p>`}${failures}${unmet}</section>`;
}

/** What to do after a run that did not finish by itself. */
function adviceFor(report: Report): string | undefined {
  const next = "Run the same command again to continue.";
  const incomplete = report.steps.filter(({ outcome }) => outcome === "cancelled" || outcome === "unfinished");
  const where = incomplete.map(({ phase, host }) => `${titleOf(report, phase)} on ${host}`).join(", ");
  const at = where === "" ? "" : ` during ${where}`;
  switch (report.outcome) {
    case "ok":
    case "failed":
      return undefined;
    case "cancelled":
      return `The run was stopped${at}. ${next}`;
    case "unfinished":
      return `The record ends${at}: the run was killed, or is still running. ${next}`;
  }
}

function failureCard({ code, host, message, during, origin, why, hint }: Failure, phase: string): Markup {
  return markup`
<div class="failure"><h3>${host}: ${message}</h3>
<p class="note">${phase}${during !== undefined && `, ${during}`} · ${code}${origin && ` · ${origin.file}:${origin.line}:${origin.column}`}</p>
${why && programOutput(why)}${hint && markup`<p class="todo">→ ${hint}</p>`}</div>`;
}
