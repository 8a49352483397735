import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Outage, type Span } from "../../../drills/outages.ts";
import type { ProbeVerdict } from "../../../drills/verdict.ts";
import { type Markup, markup } from "../../markup.ts";
import { kindsText } from "../words.ts";
import { BAR, type Canvas, LABEL_CHARACTER, LANE, LEFT, round, WIDTH } from "./canvas.ts";

/**
 * The lane of a client: a thin line while it was answered, none where it sent no requests, a hatched bar for an outage, within it a solid
 * one for the total outage and narrow ones for other failed requests. Labels are drawn above everything else.
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
  return markup`<g class="outage"><title>${tooltip(outage)}</title>${outage.tail > 0 && partly}<path class="dark" d="${dark}"/></g>
`;
}

/** The positions of spans in the picture: those that are less than half a pixel apart are merged. */
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

/** An SVG path of bars in one line. */
function bars(spans: readonly Span[], top: number, height: number): string {
  return spans.map(({ from, to }) => `M${round(from)} ${top}h${round(to - from)}v${height}H${round(from)}z`).join("");
}

/** The parts of a span that others do not cover. */
function rest(span: Span, without: readonly Span[]): Span[] {
  const left: Span[] = [];
  let { from } = span;
  for (const each of without.toSorted((one, other) => one.from - other.from)) {
    if (each.from > from) left.push({ from, to: Math.min(each.from, span.to) });
    from = Math.max(from, each.to);
  }
  return from < span.to ? [...left, { from, to: span.to }] : left;
}

/** Tooltip of an outage. */
function tooltip({ from, to, dark, tail, failed, asked, kinds, open }: Outage): string {
  const [length, darkLength] = [lengthText(to - from), lengthText(lengthOf(dark))];
  return [
    `outage of ${length}${open ? ", not over" : ""}: ${darkLength} total${tail > 0 ? `, ${lengthText(tail)} partial` : ""}`,
    `${failed} of ${asked} requests failed: ${kindsText(kinds)}`,
  ].join("\n");
}

/** The length of an outage, written beside it or inside; `from` and `to` are the space it takes. */
interface Label extends Span {
  readonly text: string;
  /** The outage is beyond its limit. */
  readonly beyond: boolean;
  readonly at: number;
  readonly where: "after" | "before" | "inside";
}

/** An outage with the space it takes. */
interface DrawnOutage extends Span {
  readonly outage: Outage;
}

/**
 * The longest first, wherever there is space for it.
 * @param limit ms, beyond which an outage is marked; Infinity where it is not judged
 * @internal exported for its test
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

/** `0.87 s`; with a considerable partial outage: `19.8 s, 1.71 s total`. */
function textOf({ from, to, dark, tail, open }: Outage, beyond: boolean): string {
  const length = lengthOf(dark);
  const lengths = `${lengthText(to - from)}${tail > length / 4 ? `, ${lengthText(length)} total` : ""}`;
  return `${beyond ? "✗ " : ""}${lengths}${open ? ", not over" : ""}`;
}
