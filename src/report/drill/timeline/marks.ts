import { lengthOf } from "../../../drills/outages.ts";
import { type Markup, markup } from "../../markup.ts";
import type { ScenarioReport } from "../scenario.ts";
import { AXIS, type Canvas, CHARACTER, MARKS, WIDTH } from "./canvas.ts";

interface Mark {
  readonly kind: "disrupt" | "disrupted" | "restore" | "whole";
  readonly x: number;
  readonly label: string;
  /** Labels that would write over each other stand in lines of their own, from 0. */
  readonly line: number;
  readonly leftward: boolean;
}

/** Vertical lines: what was done, when it was put right, and when everything was as before. */
export function marksOf({ times, what }: ScenarioReport, { view, x }: Canvas): readonly Mark[] {
  const slow = (times.disrupted ?? 0) - (times.disrupt ?? 0) > Math.max(250, lengthOf(view) / 50);
  const all: readonly [Mark["kind"], number | undefined, string][] = [
    ["disrupt", times.disrupt, what],
    ["disrupted", slow ? times.disrupted : undefined, "done"],
    ["restore", times.restore, "put right"],
    ["whole", times.whole, "all as before"],
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

export function marksHeight(marks: readonly Mark[]): number {
  return MARKS * (1 + Math.max(0, ...marks.map(({ line }) => line)));
}

export function markLines(marks: readonly Mark[], height: number): Markup[] {
  return marks.map(({ kind, x, label, line, leftward }) => {
    const y = AXIS + line * MARKS;
    return markup`<line class="mark ${kind}" x1="${x}" y1="${y + 2}" x2="${x}" y2="${height}"/><text class="mark ${kind}" x="${leftward ? x - 5 : x + 5}" y="${y + 12}"${leftward && markup` text-anchor="end"`}>${label}</text>
`;
  });
}
