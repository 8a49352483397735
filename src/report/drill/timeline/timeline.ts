import type { ProbeVerdict } from "../../../drills/verdict.ts";
import { type Markup, markup } from "../../markup.ts";
import type { ScenarioReport } from "../scenario.ts";
import { PROBE_LABELS } from "../words.ts";
import { type Band, bandRow, rowsOf } from "./bands.ts";
import { axis, AXIS, type Canvas, canvasOf, LANE, LEFT, type View, WIDTH } from "./canvas.ts";
import { lane } from "./lane.ts";
import { markLines, marksHeight, marksOf } from "./marks.ts";

/** A lane of the picture: what it is called, and what is drawn in it from `y` on, below the marks and above them. */
interface Drawn {
  readonly name: string;
  readonly from?: string;
  readonly draw: (y: number) => readonly [below: Markup, above?: Markup];
}

/**
 * A scenario as a picture: who held the VIP and who led etcd as bands, what each client felt as lanes, and lines where the disruption
 * was made and put right.
 */
export function timelineSvg(
  scenario: ScenarioReport,
  probes: readonly ProbeVerdict[],
  masters: readonly string[],
  view: View,
  what = "Timeline",
): Markup {
  const canvas = canvasOf(view);
  const marks = marksOf(scenario, canvas);
  const lanes = [...hostLanes(scenario, masters, canvas), ...probeLanes(probes, canvas)];
  const top = AXIS + marksHeight(marks) + 4;
  const height = top + lanes.length * LANE + 3;
  const drawn = lanes.map(({ draw }, index) => draw(top + index * LANE));
  return markup`<svg class="timeline drill" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${what} of ${scenario.name}: who held the VIP, who led etcd, and what clients felt">
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
  return [...drawn("VIP held by", held, nobody), ...drawn("etcd led by", led, leaderless)];
}

function probeLanes(probes: readonly ProbeVerdict[], canvas: Canvas): Drawn[] {
  return probes.map((each) => ({
    name: PROBE_LABELS[each.probe.name],
    from: each.probe.from,
    draw: (y) => lane(each, y, canvas),
  }));
}

/** While it is broken. */
function inForce({ times }: ScenarioReport, canvas: Canvas, top: number, height: number): Markup | undefined {
  const { disrupt, restore, restored } = times;
  if (disrupt === undefined) return undefined;
  const place = canvas.place({ from: disrupt, to: restored ?? restore ?? canvas.view.to });
  return (
    place &&
    markup`<rect class="broken" x="${place.x}" y="${top}" width="${place.width}" height="${height - top - 3}"/>`
  );
}
