import { lengthText } from "../../../drills/length.ts";
import { wide } from "../../html/wide.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillReport } from "../report.ts";
import type { RoundsReport } from "../rounds.ts";
import { lengthCell } from "./cells.ts";

/** What several rounds of the same say together. */
export function roundsSection({ rounds }: DrillReport): Markup | undefined {
  if (rounds.length === 0) return undefined;
  return markup`<section>
<h2>Rounds</h2>
${rounds.map(roundsTable)}
</section>`;
}

function roundsTable({ title, rounds, probes }: RoundsReport): Markup {
  const highest = Math.max(...probes.map(({ worstDark }) => worstDark));
  const table = markup`<table>
<thead><tr><th scope="col">${title}, ${rounds} rounds</th><th scope="col">From</th><th scope="col" class="number">Median dark</th><th scope="col" class="number">Worst dark</th><th scope="col" class="number">Worst tail</th><th scope="col" class="number">Failed of asked</th><th scope="col" class="each optional">Dark in each round</th></tr></thead>
<tbody>${probes.map(
    ({ probe, darks, median, worstDark, worstTail, failed, asked }) => markup`
<tr${failed === 0 && markup` class="quiet"`}><td class="client">${probe.title}</td><td>${probe.from}</td>${lengthCell(median, false)}${lengthCell(worstDark, false)}${lengthCell(worstTail, false)}<td class="number">${failed} of ${asked}</td><td class="each optional">${worstDark > 0 && eachRound(darks, highest)}</td></tr>`,
  )}
</tbody></table>`;
  return wide(`${title}, ${rounds} rounds`, table);
}

/** A bar for each round, as high as it was dark. */
function eachRound(darks: readonly number[], highest: number): Markup {
  const step = 100 / Math.max(10, darks.length);
  return markup`<svg role="img" aria-label="${darks.map(lengthText).join(", ")}">${darks.map((dark, index) => {
    const height = Math.max(1, Math.round((18 * dark) / highest));
    return markup`<rect x="${(index * step).toFixed(1)}%" y="${18 - height}" width="${(step * 0.7).toFixed(1)}%" height="${height}"><title>${lengthText(dark)}</title></rect>`;
  })}</svg>`;
}
