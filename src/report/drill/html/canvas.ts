import { lengthOf, type Span } from "../../../drills/outages.ts";
import { formatDuration, ticks } from "../../duration.ts";
import { type Markup, markup } from "../../markup.ts";
import type { ScenarioReport } from "../scenario.ts";

/** Sizes in units of the picture, which are pixels where the page is wide enough. */
export const WIDTH = 1080;
export const LEFT = 172;
const RIGHT = 14;
/** Heights: of the line with the times, of a line of marks, of a lane, and of what is drawn in it. */
export const AXIS = 18;
export const MARKS = 17;
export const LANE = 24;
export const BAR = 14;
/** Average width of a character, in names and in lengths. */
export const CHARACTER = 6.1;
export const LABEL_CHARACTER = 5.4;

/** A span of time as a picture shows it: times are relative to `zero`, the moment of the disruption. */
export interface VisibleSpan extends Span {
  readonly zero: number;
}

export interface Canvas {
  readonly view: VisibleSpan;
  /** The position of a moment; outside of the view: its edge. */
  readonly x: (at: number) => number;
  /** The position of a span, wide enough to be visible; undefined where it is outside of the view. */
  readonly place: (span: Span, atLeast?: number) => { readonly x: number; readonly width: number } | undefined;
}

export function canvasOf(view: VisibleSpan): Canvas {
  const scale = (WIDTH - LEFT - RIGHT) / Math.max(1, view.to - view.from);
  const x = (at: number) => round(LEFT + (Math.min(Math.max(at, view.from), view.to) - view.from) * scale);
  return {
    view,
    x,
    place({ from, to }, atLeast = 0.8) {
      if (to <= view.from || from >= view.to) return undefined;
      return { x: x(from), width: Math.max(atLeast, round(x(to) - x(from))) };
    },
  };
}

/** Round times, with vertical lines. */
export function axis({ view, x }: Canvas, height: number): Markup[] {
  const { from, to, zero } = view;
  const after = ticks(Math.max(1, to - zero), Math.max(1, Math.round((12 * (to - zero)) / (to - from))));
  const step = after[1]?.at ?? Infinity;
  const before = Array.from({ length: Math.floor((zero - from) / step) }, (_, index) => ({
    at: -(index + 1) * step,
    label: `−${after[index + 1]?.label ?? formatDuration((index + 1) * step)}`,
  }));
  const seen = [...before.toReversed(), ...after].filter(({ at }) => zero + at >= from);
  return seen.map(({ at, label }) => {
    const place = x(zero + at);
    const inside = place < WIDTH - RIGHT - 8;
    return markup`<line class="grid" x1="${place}" y1="${AXIS - 4}" x2="${place}" y2="${height}"/>${inside && markup`<text class="tick" x="${place}" y="${AXIS - 7}">${label}</text>`}
`;
  });
}

export function round(number: number): number {
  return Math.round(number * 10) / 10;
}

/** An outage that begins this soon after the disruption is considered its effect, ms. */
const SOON = 5000;
/** The length of a close-up, at least, and of the outage in it, at most, ms; and how much it has to magnify to be worth it. */
const LEAST = 700;
const MOST = 10_000;
const LARGER = 3;

export function wholeView({ from, to, times }: ScenarioReport): VisibleSpan {
  return { from, to, zero: times.disrupt ?? from };
}

/** The longest total outage that the disruption caused, with its surroundings; undefined where no close-up is needed. */
export function closeUp(scenario: ScenarioReport): VisibleSpan | undefined {
  const { disrupt: zero, disrupted } = scenario.times;
  if (zero === undefined) return undefined;
  const darks = scenario.probes
    .flatMap(({ measured }) => measured.outages.map(({ dark }) => dark))
    .filter((dark) => dark.to > zero && dark.from < (disrupted ?? zero) + SOON && lengthOf(dark) < MOST);
  const [longest] = darks.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  if (!longest) return undefined;
  const { from, to } = around(longest, darks, zero);
  const margin = Math.max(LEAST, to - from) / 8;
  const view = { from: from - margin, to: Math.max(to, from + LEAST) + 3 * margin, zero };
  return LARGER * lengthOf(view) < lengthOf(scenario) ? view : undefined;
}

/** With the outages of other clients just before and after it, and with the disruption itself where that is near. */
function around(longest: Span, darks: readonly Span[], zero: number): Span {
  const reach = Math.max(LEAST, lengthOf(longest));
  const [first, last] = [longest.from - reach, longest.to + reach];
  const near = darks.filter(({ from, to }) => from >= first && to <= last);
  const from = Math.min(...near.map((dark) => dark.from));
  return { from: zero >= first && zero < from ? zero : from, to: Math.max(...near.map((dark) => dark.to)) };
}
