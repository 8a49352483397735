import { setTimeout as pause } from "node:timers/promises";

/**
 * Repeats `ask` until it returns true or the time is over. (Higher layers have `until` and its conditions; the lab is below them.)
 * @param within ms
 * @returns true, or the last answer: what is still missing
 */
export async function poll(
  within: number,
  signal: AbortSignal | undefined,
  ask: () => Promise<true | string>,
): Promise<true | string> {
  const deadline = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer === true || performance.now() > deadline) return answer;
    await pause(50, undefined, { ...(signal && { signal }) });
  }
}
