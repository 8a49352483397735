import { lengthColumn } from "../../../drills/length.ts";
import { type Markup, markup } from "../../markup.ts";
import type { DrillOutcome } from "../scenario.ts";

const SIGNS: Readonly<Record<DrillOutcome | "skipped", string>> = {
  ok: "✓",
  breach: "✗",
  failed: "✗",
  cancelled: "–",
  unfinished: "–",
  skipped: "–",
};

/** So that a verdict is not told by its colour alone. */
export function sign(outcome: DrillOutcome | "skipped"): Markup {
  return markup`<span class="sign" aria-hidden="true">${SIGNS[outcome]}</span>`;
}

/** A length in a column: a dash where there was no outage, a question mark where nobody asked. */
export function lengthCell(ms: number | undefined, beyond: boolean, columns = ""): Markup {
  const said =
    ms === undefined
      ? markup`<span class="none">?</span>`
      : ms === 0
        ? markup`<span class="none">–</span>`
        : lengthColumn(ms);
  return markup`<td class="number ${columns}${beyond && " over-limit"}">${said}</td>`;
}
