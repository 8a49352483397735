import type { RunEvent } from "../engine/events.ts";
import type { Interval } from "./intervals.ts";

/** An event of one phase on one host. */
export type StepEvent = Extract<RunEvent, { host: string }>;

/** The wait for a condition, until it was met or the step ended. */
export interface Wait extends Interval {
  readonly condition: string;
  /** In the order in which they first appeared; none if the condition was met at once. */
  readonly reasons: readonly Reason[];
  readonly met: boolean;
  /** The resource that was being applied, if its apply waited. */
  readonly during?: string;
}

/** What was missing, and for how long, ms. */
export interface Reason {
  readonly reason: string;
  readonly ms: number;
}

/** The waits of one step, folded from its events in their order. */
export function waitsOf(events: readonly StepEvent[], startedAt: number, stepEnd: number): Wait[] {
  const waits: OpenWait[] = [];
  const open = new Map<string, OpenWait>();
  let during: string | undefined;
  for (const event of events) {
    if (event.type === "resource.change") during = event.resource;
    if (event.type === "resource.applied") during = undefined;
    if (event.type !== "condition.waiting" && event.type !== "condition.met") continue;
    const { condition } = event;
    const at = event.at - startedAt;
    const wait = open.get(condition) ?? { condition, start: at - event.ms, answers: [], during };
    if (!open.has(condition)) waits.push(wait);
    open.set(condition, wait);
    if (event.type === "condition.waiting") wait.answers.push({ at, reason: event.reason });
    else {
      wait.metAt = at;
      open.delete(condition);
    }
  }
  return waits.map((wait) => closed(wait, stepEnd));
}

interface OpenWait {
  readonly condition: string;
  readonly start: number;
  readonly during: string | undefined;
  readonly answers: { readonly at: number; readonly reason: string }[];
  metAt?: number;
}

function closed({ condition, start, during, answers, metAt }: OpenWait, stepEnd: number): Wait {
  const end = metAt ?? stepEnd;
  const reasons = new Map<string, number>();
  for (const [index, { at, reason }] of answers.entries()) {
    const until = answers[index + 1]?.at ?? end;
    reasons.set(reason, (reasons.get(reason) ?? 0) + until - at);
  }
  return {
    condition,
    start,
    end,
    reasons: [...reasons].map(([reason, ms]) => ({ reason, ms })),
    met: metAt !== undefined,
    ...(during !== undefined && { during }),
  };
}
