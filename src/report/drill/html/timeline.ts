import { lengthText } from "../../../drills/length.ts";
import { lengthOf, type Span } from "../../../drills/outages.ts";
import type { ProbeVerdict } from "../../../drills/verdict.ts";
import { type Markup, markup } from "../../markup.ts";
import type { ScenarioReport } from "../scenario.ts";
import { PROBE_LABELS } from "../words.ts";
import {
  axis,
  AXIS,
  BAR,
  type Canvas,
  canvasOf,
  CHARACTER,
  LANE,
  LEFT,
  MARKS,
  round,
  type VisibleSpan,
  WIDTH,
} from "./canvas.ts";
import { lane } from "./lanes.ts";

/** A lane of the picture: its name, and what is drawn in it from `y` on, below the marks and above them. */
interface Drawn {
  readonly name: string;
  readonly from?: string;
  readonly draw: (y: number) => readonly [below: Markup, above?: Markup];
}

/**
 * The timeline of a scenario: VIP holders and etcd leaders as bands, a lane for each client, and lines where the disruption began and was
 * restored.
 */
export function scenarioTimeline(
  scenario: ScenarioReport,
  probes: readonly ProbeVerdict[],
  masters: readonly string[],
  view: VisibleSpan,
  what = "Timeline",
): Markup {
  const canvas = canvasOf(view);
  const marks = marksOf(scenario, canvas);
  const lanes = [...hostLanes(scenario, masters, canvas), ...probeLanes(probes, canvas)];
  const top = AXIS + marksHeight(marks) + 4;
  const height = top + lanes.length * LANE + 3;
  const drawn = lanes.map(({ draw }, index) => draw(top + index * LANE));
  return markup`<svg class="timeline drill" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${what} of ${scenario.name}: VIP holder, etcd leader, and outages of clients">
${axis(canvas, height)}${inForce(scenario, canvas, top, height)}
${lanes.map(({ name, from }, index) => {
  const y = top + index * LANE;
  const again = index > 0 && lanes[index - 1]?.name === name;
  return markup`<line class="rule" x1="0" y1="${y}" x2="${WIDTH}" y2="${y}"/>${!again && markup`<text class="host" x="0" y="${y + 16}">${name}</text>`}${from !== undefined && markup`<text class="from" x="${LEFT - 10}" y="${y + 16}">${from}</text>`}
${drawn[index]?.[0]}`;
})}<line class="rule" x1="0" y1="${height - 3}" x2="${WIDTH}" y2="${height - 3}"/>
${markLines(marks, height)}${drawn.map(([, above]) => above)}</svg>`;
}

function hostLanes(
  { holders, nobody, leaders, leaderless }: ScenarioReport,
  masters: readonly string[],
  canvas: Canvas,
): Drawn[] {
  const held = holders.map((each): Band => ({ ...each, note: `${each.host} holds the VIP` }));
  const led = leaders.map(({ term, ...each }): Band => {
    return { ...each, note: `${each.host} leads etcd${term === undefined ? "" : ` in term ${term}`}` };
  });
  const drawn = (name: string, bands: readonly Band[], nobodys: ScenarioReport["nobody"]) =>
    rowsOf(bands, canvas).map((row, index): Drawn => {
      return { name, draw: (y) => [bandRow(row, index === 0 ? nobodys : [], masters, y, canvas)] };
    });
  return [...drawn("VIP holder", held, nobody), ...drawn("etcd leader", led, leaderless)];
}

function probeLanes(probes: readonly ProbeVerdict[], canvas: Canvas): Drawn[] {
  return probes.map((each) => ({
    name: PROBE_LABELS[each.probe.name],
    from: each.probe.from,
    draw: (y) => lane(each, y, canvas),
  }));
}

/** While the disruption is in force. */
function inForce({ times }: ScenarioReport, canvas: Canvas, top: number, height: number): Markup | undefined {
  const { disrupt, restore, restored } = times;
  if (disrupt === undefined) return undefined;
  const place = canvas.place({ from: disrupt, to: restored ?? restore ?? canvas.view.to });
  return (
    place &&
    markup`<rect class="broken" x="${place.x}" y="${top}" width="${place.width}" height="${height - top - 3}"/>`
  );
}

/** A time in which a host was VIP holder or leader. */
interface Band extends Span {
  readonly host: string;
  /** Tooltip; default: the host's name. */
  readonly note?: string;
}

/** The visible bands, in as many rows as hosts overlapped; at a handover bands of one row may overlap by a few pixels. @internal exported for its test */
export function rowsOf(bands: readonly Band[], { view, place }: Canvas): Band[][] {
  const tolerance = lengthOf(view) / 250;
  const rows: Band[][] = [];
  for (const band of bands) {
    if (!place(band)) continue;
    const free = rows.find((row) => (row.at(-1)?.to ?? 0) <= band.from + tolerance);
    if (free) free.push(band);
    else rows.push([band]);
  }
  return rows.length > 0 ? rows : [[]];
}

/** Bands in the colours of their hosts, with names where there is room; times without any host as empty frames. */
function bandRow(
  row: readonly Band[],
  nobodys: readonly Span[],
  masters: readonly string[],
  y: number,
  canvas: Canvas,
): Markup {
  const top = y + (LANE - BAR) / 2 - 1;
  return markup`${nobodys.map((span) => {
    const place = canvas.place(span, 1.5);
    return (
      place &&
      markup`<g class="nobody"><title>none, ${lengthText(span.to - span.from)}</title><rect x="${place.x}" y="${top + 0.5}" width="${place.width}" height="${BAR + 1}"/></g>
`
    );
  })}${row.map((band) => {
    const place = canvas.place(band, 2);
    if (!place) return undefined;
    const fits = place.width >= band.host.length * CHARACTER + 8;
    return markup`<g class="band h${masters.indexOf(band.host) % 7}"><title>${band.note ?? band.host}, ${lengthText(band.to - band.from)}</title><rect x="${place.x}" y="${top}" width="${Math.max(1.5, round(place.width - 0.8))}" height="${BAR + 2}" rx="2"/>${fits && markup`<text x="${round(place.x + 6)}" y="${top + 12}">${band.host}</text>`}</g>
`;
  })}`;
}

interface Mark {
  readonly kind: "disrupt" | "disrupted" | "restore" | "whole";
  readonly x: number;
  readonly label: string;
  /** Labels that would overlap are in separate lines, from 0. */
  readonly line: number;
  readonly leftward: boolean;
}

/** Vertical lines: what was done, when it was restored, and when the cluster had recovered. @internal exported for its test */
export function marksOf({ times, what }: ScenarioReport, { view, x }: Canvas): readonly Mark[] {
  const slow = (times.disrupted ?? 0) - (times.disrupt ?? 0) > Math.max(250, lengthOf(view) / 50);
  const all: readonly [Mark["kind"], number | undefined, string][] = [
    ["disrupt", times.disrupt, what],
    ["disrupted", slow ? times.disrupted : undefined, "done"],
    ["restore", times.restore, "restored"],
    ["whole", times.whole, "recovered"],
  ];
  const reached: number[] = [];
  return all.flatMap(([kind, at, label]) => {
    if (at === undefined || at < view.from || at > view.to) return [];
    const place = x(at);
    const width = label.length * CHARACTER + 14;
    const leftward = place + width > WIDTH;
    const [start, end] = leftward ? [place - width, place] : [place, place + width];
    const free = reached.findIndex((last) => last <= start);
    const line = free < 0 ? reached.length : free;
    reached[line] = end;
    return [{ kind, x: place, label, line, leftward }];
  });
}

/** @internal exported for its test */
export function marksHeight(marks: readonly Mark[]): number {
  return MARKS * (1 + Math.max(0, ...marks.map(({ line }) => line)));
}

function markLines(marks: readonly Mark[], height: number): Markup[] {
  return marks.map(({ kind, x, label, line, leftward }) => {
    const y = AXIS + line * MARKS;
    return markup`<line class="mark ${kind}" x1="${x}" y1="${y + 2}" x2="${x}" y2="${height}"/><text class="mark ${kind}" x="${leftward ? x - 5 : x + 5}" y="${y + 12}"${leftward && markup` text-anchor="end"`}>${label}</text>
`;
  });
}
