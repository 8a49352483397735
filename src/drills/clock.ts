import { setInterval } from "node:timers/promises";

/** ms since the epoch, from a monotonic clock: setting the system's clock during a drill does not affect measurements. */
export function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** Calls `each` every `interval` ms until the signal, whether or not the last call has ended. */
export async function every(interval: number, signal: AbortSignal, each: () => void): Promise<void> {
  const ticks = setInterval(interval, undefined, { signal, ref: false });
  try {
    while (!(await ticks.next()).done) each();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
