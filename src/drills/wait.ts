import type { Condition } from "../condition.ts";
import { until } from "../until.ts";
import { now } from "./clock.ts";
import type { DrillSink } from "./events.ts";

/** The number that events and writes carry while no scenario runs. */
export const NO_SCENARIO = 0;

/**
 * Waits for a condition and emits what it waits for.
 * @param scenario its number, or NO_SCENARIO
 * @throws TripodError E_DEADLINE
 */
export async function waitFor(
  condition: Condition,
  scenario: number,
  sink: DrillSink,
  signal: AbortSignal,
): Promise<void> {
  const { title } = condition;
  const waiting = (reason: string, ms: number) =>
    sink({ type: "condition.waiting", at: now(), scenario, condition: title, reason, ms: Math.round(ms) });
  const ms = await until(condition, { signal, waiting });
  sink({ type: "condition.met", at: now(), scenario, condition: title, ms: Math.round(ms) });
}
