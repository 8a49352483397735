import { oneLine, printable } from "../../printable.ts";
import { type Markup, markup } from "../markup.ts";

/** Up to this many lines are shown; of more, only the key line is shown and all are in a fold. */
const UNFOLDED = 3;

/** What a program printed: all of it if it is short, else its key line and a fold. */
export function programOutput(text: string): Markup {
  const output = printable(text).trimEnd();
  if (output.split("\n").length <= UNFOLDED) return markup`<pre>${output}</pre>`;
  return markup`<details class="output"><summary>${keyLine(output)}</summary><pre>${output}</pre></details>`;
}

/** The last line that reports an error; else the last line. */
export function keyLine(text: string): string {
  const lines = printable(text)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/see the stack trace/.test(line));
  return oneLine(lines.findLast((line) => /\b(error|fatal|failed)\b/i.test(line)) ?? lines.at(-1) ?? "");
}
