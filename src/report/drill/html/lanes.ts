import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Outage, type Span } from "../../../drills/outages.ts";
import type { ProbeVerdict } from "../../../drills/verdict.ts";
import { type Markup, markup } from "../../markup.ts";
import { kindsText } from "../words.ts";
import { BAR, type Canvas, LABEL_CHARACTER, LANE, LEFT, round, WIDTH } from "./canvas.ts";

/**
 * What a client felt: a thin line while it was answered, none where it did not ask, a hatched bar for an outage, and within that a
 * solid one for its dark time and narrow ones for other requests that failed. Labels stand above everything else.
 */
export function lane(
  { measured, silences, judged, limit }: ProbeVerdict,
  y: number,
  canvas: Canvas,
): readonly [below: Markup, above: Markup] {
  const outages = measured.outages.flatMap((outage) =>
    places([outage], canvas, 1.5).map((place) => ({ ...place, outage })),
  );
  const labels = labelsOf(outages, canvas, judged ? limit : Infinity);
  const whole = { from: canvas.x(canvas.view.from), to: canvas.x(canvas.view.to) };
  const calm = rest(whole, [...places(silences, canvas), ...outages, ...labels]);
  const below = markup`<path class="calm" d="${bars(calm, y + LANE / 2 - 1.5, 3)}"/>
${outages.map(({ outage, ...place }) => drawnOutage(outage, place, y + (LANE - BAR) / 2, canvas))}`;
  const above = labels.map(({ text, at, where, beyond }) => {
    const names = `length ${where}${beyond ? " breach" : ""}`;
    return markup`<text class="${names}" x="${at}" y="${y + 16}">${text}</text>
`;
  });
  return [below, markup`${above}`];
}

function drawnOutage(outage: Outage, place: Span, top: number, canvas: Canvas): Markup {
  const whole = bars([place], top, BAR);
  const gaps = bars(places(outage.gaps, canvas, 0.7), top + 4, BAR - 8);
  const partly = markup`<path class="tail" d="${whole}"/><path class="hatch" d="${whole}"/><path class="gap" d="${gaps}"/>`;
  const dark = bars(places([outage.dark], canvas, 1), top, BAR);
  return markup`<g class="outage"><title>${told(outage)}</title>${outage.tail > 0 && partly}<path class="dark" d="${dark}"/></g>
`;
}

/** Spans as they lie in the picture: those that are less than half a pixel apart are one. */
function places(spans: readonly Span[], canvas: Canvas, atLeast?: number): Span[] {
  const found: { from: number; to: number }[] = [];
  for (const span of spans) {
    const place = canvas.place(span, atLeast);
    if (!place) continue;
    const to = place.x + place.width;
    const last = found.at(-1);
    if (last && place.x - last.to < 0.5) last.to = Math.max(last.to, to);
    else found.push({ from: place.x, to });
  }
  return found;
}

/** The path of bars that stand in one line. */
function bars(spans: readonly Span[], top: number, height: number): string {
  return spans.map(({ from, to }) => `M${round(from)} ${top}h${round(to - from)}v${height}H${round(from)}z`).join("");
}

/** What is left of a span without others. */
function rest(span: Span, without: readonly Span[]): Span[] {
  const left: Span[] = [];
  let { from } = span;
  for (const each of without.toSorted((one, other) => one.from - other.from)) {
    if (each.from > from) left.push({ from, to: Math.min(each.from, span.to) });
    from = Math.max(from, each.to);
  }
  return from < span.to ? [...left, { from, to: span.to }] : left;
}

/** Said by the browser when the pointer rests on an outage. */
function told({ from, to, dark, tail, failed, asked, kinds, open }: Outage): string {
  const [length, darkLength] = [lengthText(to - from), lengthText(lengthOf(dark))];
  return [
    `out for ${length}${open ? ", and not back" : ""}: ${darkLength} dark${tail > 0 ? `, ${lengthText(tail)} partly` : ""}`,
    `${failed} of ${asked} requests failed: ${kindsText(kinds)}`,
  ].join("\n");
}

/** A length that is written beside an outage, or into it; `from` and `to` are the room it takes. */
interface Label extends Span {
  readonly text: string;
  /** The outage is longer than allowed. */
  readonly beyond: boolean;
  readonly at: number;
  readonly where: "after" | "before" | "inside";
}

/** Outages with the room that they take. */
interface DrawnOutage extends Span {
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
