import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Outage, type Span } from "../../../drills/outages.ts";
import { type Canvas, LABEL_CHARACTER, LEFT, round, WIDTH } from "./canvas.ts";

/** A length that is written beside an outage, or into it; `from` and `to` are the room it takes. */
interface Label extends Span {
  readonly text: string;
  /** The outage is longer than allowed. */
  readonly beyond: boolean;
  readonly at: number;
  readonly where: "after" | "before" | "inside";
}

/** Outages with the room that they take. */
export interface DrawnOutage extends Span {
  readonly outage: Outage;
}

/**
 * The longest first, wherever there is room for it.
 * @param limit ms, beyond which an outage is marked as such; Infinity where nobody judges
 */
export function labelsOf(outages: readonly DrawnOutage[], canvas: Canvas, limit: number): Label[] {
  const labels: Label[] = [];
  const free = ({ from, to }: Span) =>
    from >= LEFT && to <= WIDTH && [...outages, ...labels].every((each) => to <= each.from || from >= each.to);
  for (const { outage, from, to } of outages.toSorted((one, other) => lengthOf(other.outage) - lengthOf(one.outage))) {
    const beyond = lengthOf(outage) > limit;
    const text = textOf(outage, beyond);
    const width = text.length * LABEL_CHARACTER + 10;
    const after: Label = { from: to, to: to + width, at: round(to + 5), text, beyond, where: "after" };
    const before: Label = { from: from - width, to: from, at: round(from - 5), text, beyond, where: "before" };
    const dark = canvas.place(outage.dark);
    if (free(after)) labels.push(after);
    else if (dark && dark.width > width)
      labels.push({ from: dark.x, to: dark.x + width, at: round(dark.x + 6), text, beyond, where: "inside" });
    else if (free(before)) labels.push(before);
  }
  return labels;
}

/** `0.87 s`, and where there is a tail worth the name: `19.8 s, 1.71 s dark`. */
function textOf({ from, to, dark, tail, open }: Outage, beyond: boolean): string {
  const length = lengthOf(dark);
  const said = `${lengthText(to - from)}${tail > length / 4 ? `, ${lengthText(length)} dark` : ""}`;
  return `${beyond ? "✗ " : ""}${said}${open ? ", not back" : ""}`;
}
