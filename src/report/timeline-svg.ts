import { formatDuration, ticks } from "./duration.ts";
import { activitiesOf, titleOf } from "./explain.ts";
import type { Interval } from "./intervals.ts";
import { lanesOf } from "./lanes.ts";
import { type Markup, markup } from "./markup.ts";
import { groupOf } from "./phase-groups.ts";
import type { Report, StepReport } from "./report.ts";
import type { Wait } from "./waits.ts";

/** Sizes in the picture's own units, which are pixels where the page is wide enough. */
const WIDTH = 1080;
const AXIS = 26;
const BAR = 18;
const ROW = BAR + 3;
const PADDING = 7;
const RIGHT = 12;
/** The average width of a character of a label: a label is only drawn where it fits. */
const CHARACTER = { label: 6, host: 8 };

interface Bar {
  readonly step: StepReport;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * The run as a picture: a lane for each host, a bar for each step, its waits hatched; the critical path is outlined and connected.
 * The colours are the page's: classes `g-` and the phase group's name.
 */
export function timelineSvg(report: Report): Markup {
  const left = 16 + CHARACTER.host * Math.min(24, Math.max(2, ...report.hosts.map(({ length }) => length)));
  const scale = (WIDTH - left - RIGHT) / Math.max(1, report.wallMs);
  const x = (ms: number) => round(left + ms * scale);

  const lanes = lanesOf(report, report.wallMs / 500);
  const bars: Bar[] = [];
  const labels: Markup[] = [];
  let y = AXIS;
  for (const { host, rows } of lanes) {
    const height = 2 * PADDING + rows.length * ROW;
    labels.push(
      markup`<text class="host" x="0" y="${y + PADDING + BAR - 5}">${shortened(host)}</text>`,
      markup`<line class="rule" x1="0" y1="${y + height}" x2="${WIDTH}" y2="${y + height}"/>`,
    );
    for (const [index, row] of rows.entries())
      for (const step of row) {
        const width = Math.max(1.5, round((step.end - step.start) * scale - 0.6));
        bars.push({ step, x: x(step.start), y: y + PADDING + index * ROW, width });
      }
    y += height;
  }

  const path = criticalBars(report, bars);
  const height = y + 2;
  return markup`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Timeline: what each host did when">
<defs><pattern id="waiting" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="5"/></pattern></defs>
<line class="rule" x1="0" y1="${AXIS}" x2="${WIDTH}" y2="${AXIS}"/>
${ticks(report.wallMs, 10).map(({ at, label }) => tick(x(at), label, height))}
${labels}
${bars.map((bar) => drawnBar(report, bar, path.includes(bar), (wait) => [x(wait.start), x(wait.end)]))}
${connection(path)}
</svg>`;
}

function tick(x: number, label: string, height: number): Markup {
  return markup`<line class="grid" x1="${x}" y1="${AXIS - 5}" x2="${x}" y2="${height}"/><text class="tick" x="${x}" y="${AXIS - 10}">${label}</text>
`;
}

function drawnBar(
  report: Report,
  { step, x, y, width }: Bar,
  critical: boolean,
  spanOf: (wait: Interval) => [from: number, to: number],
): Markup {
  const title = titleOf(report, step.phase);
  const label = title.length * CHARACTER.label + 10 <= width ? title : undefined;
  const waits = step.waits.filter(isVisible);
  return markup`<g class="bar g-${groupOf(step.phase)} ${step.outcome}${critical && " critical"}"><title>${hoverText(report, step, critical)}</title>
<rect class="step" x="${x}" y="${y}" width="${width}" height="${BAR}" rx="2"/>${waits.map((wait) => {
    const [from, to] = spanOf(wait);
    const shown = Math.min(to, x + width) - from;
    return shown > 0 && markup`<rect class="wait" x="${from}" y="${y}" width="${round(shown)}" height="${BAR}"/>`;
  })}${label && markup`<text class="label" x="${round(x + 6)}" y="${y + BAR - 5}">${label}</text>`}</g>
`;
}

/** Whether a wait is hatched: not if its condition was met at once, nor if a change waits for its own command, which is work. */
export function isVisible({ reasons, during }: Wait): boolean {
  return reasons.length > 0 && during === undefined;
}

/** Shown by the browser when the pointer is on a bar. */
function hoverText(report: Report, step: StepReport, critical: boolean): string {
  const { host, phase, start, end, outcome, commands, changes } = step;
  return [
    `${titleOf(report, phase)} on ${host}${outcome === "ok" ? "" : `, ${outcome}`}`,
    `${formatDuration(end - start)}, from ${formatDuration(start)} to ${formatDuration(end)}${critical ? ", on the critical path" : ""}`,
    `${counted(changes.length, "change")}, ${counted(commands, "command")}`,
    ...activitiesOf(step)
      .slice(0, 3)
      .map(({ title, ms, reason }) => `${title}: ${formatDuration(ms)}${reason ? ` (${reason.reason})` : ""}`),
  ].join("\n");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function criticalBars(report: Report, bars: readonly Bar[]): Bar[] {
  return report.criticalPath.steps.flatMap(
    ({ phase, host }) => bars.find(({ step }) => step.phase === phase && step.host === host) ?? [],
  );
}

/** Connects the end of each bar of the critical path with the start of the next: horizontal, vertical, horizontal. */
function connection(path: readonly Bar[]): Markup {
  const lines = path.slice(1).map((to, index) => {
    const from = path[index] ?? to;
    const turn = round((from.x + from.width + to.x) / 2);
    return `M${from.x + from.width} ${from.y + BAR / 2}H${turn}V${to.y + BAR / 2}H${to.x}`;
  });
  return markup`<path class="halo" d="${lines.join("")}"/><path class="path" d="${lines.join("")}"/>`;
}

function shortened(host: string): string {
  return host.length > 24 ? `${host.slice(0, 23)}…` : host;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
