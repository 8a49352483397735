import { setTimeout as pause } from "node:timers/promises";
import { isAway, TripodError } from "./errors.ts";
import type { Condition } from "./condition.ts";

export interface UntilOptions {
  readonly signal: AbortSignal;
  /** The host the condition is about, for the error. */
  readonly host?: string;
  /** ms between two checks. */
  readonly interval?: number;
  /** Called each time the reason changes. */
  readonly waiting?: (reason: string, ms: number) => void;
}

/**
 * Checks a condition until it holds. The only place in Tripod that waits. A host that cannot be reached meanwhile is one more reason.
 * @returns how long it took, ms
 * @throws TripodError E_DEADLINE with the last reason; whatever `holds` throws; the signal's reason when aborted
 */
export async function until(condition: Condition, options: UntilOptions): Promise<number> {
  const { signal, interval = 200 } = options;
  const startedAt = performance.now();
  let last: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const answer = await asked(condition, signal);
    const ms = performance.now() - startedAt;
    if (answer === true) return ms;
    if (answer !== last) options.waiting?.(answer, ms);
    last = answer;
    if (ms >= condition.within) {
      throw new TripodError("E_DEADLINE", `${condition.title}: not within ${Math.round(condition.within / 1000)} s`, {
        ...(options.host && { host: options.host }),
        why: answer,
        hint:
          condition.hint?.() ??
          "fix the reason above, then run the same command again: it continues from where it stopped",
      });
    }
    await pause(interval, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function asked(condition: Condition, signal: AbortSignal): Promise<true | string> {
  try {
    return await condition.holds(signal);
  } catch (error) {
    if (!isAway(error)) throw error;
    return `${error.details.host ?? "a host"}: ${error.message}`;
  }
}
