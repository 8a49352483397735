import { titleOf } from "../explain.ts";
import { type Markup, markup } from "../markup.ts";
import type { Failure, Outcome, Report } from "../report.ts";

/** What to do after a run that did not come to its end by itself. */
const ADVICE: Partial<Record<Outcome, string>> = {
  cancelled: "It was stopped. The same command goes on from where it is.",
  unfinished:
    "Its record breaks off here: it was killed, or is still running. The same command goes on from where it is.",
};

/** On top of everything: what failed, why, and what to do. */
export function failuresSection(report: Report): Markup | undefined {
  const failures = report.steps.flatMap((step) =>
    step.failures.map((failure) => failureCard({ host: step.host, ...failure }, titleOf(report, step.phase))),
  );
  const advice = ADVICE[report.outcome];
  if (failures.length === 0 && advice === undefined) return undefined;
  return markup`<section>${advice && markup`<p class="lead note">${advice}</p>`}${failures}</section>`;
}

function failureCard({ code, host, message, during, origin, why, hint }: Failure, phase: string): Markup {
  return markup`
<div class="failure"><h3>${host}: ${message}</h3>
<p class="note">${phase}${during !== undefined && `, ${during}`} · ${code}${origin && ` · ${origin.file}:${origin.line}:${origin.column}`}</p>
${why && markup`<pre>${why.trimEnd()}</pre>`}${hint && markup`<p class="todo">→ ${hint}</p>`}</div>`;
}
