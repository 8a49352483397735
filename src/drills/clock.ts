import { setInterval } from "node:timers/promises";

/** ms since the epoch, by a clock that nobody sets while a drill measures. */
export function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** The drill's metronome: calls `each` every `interval` ms until the signal, whatever became of the last call. */
export async function every(interval: number, signal: AbortSignal, each: () => void): Promise<void> {
  const ticks = setInterval(interval, undefined, { signal, ref: false });
  try {
    while (!(await ticks.next()).done) each();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
