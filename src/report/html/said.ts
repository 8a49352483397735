import { oneLine, printable } from "../../printable.ts";
import { type Markup, markup } from "../markup.ts";

/** So many lines are read at once; of more, one is shown and the others are folded up. */
const AT_ONCE = 3;

/** What a program said: whole where that is little, else the line that says most and a fold. */
export function programSaid(text: string): Markup {
  const whole = printable(text).trimEnd();
  if (whole.split("\n").length <= AT_ONCE) return markup`<pre>${whole}</pre>`;
  return markup`<details class="said"><summary>${tellingLine(whole)}</summary><pre>${whole}</pre></details>`;
}

/** The last line that speaks of an error; else the last. */
export function tellingLine(text: string): string {
  const lines = printable(text)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/see the stack trace/.test(line));
  return oneLine(lines.findLast((line) => /\b(error|fatal|failed)\b/i.test(line)) ?? lines.at(-1) ?? "");
}
