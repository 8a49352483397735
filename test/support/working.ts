import type { Working } from "../../src/resources/resource.ts";

/** For resources that are tried without an engine: it asks a condition once, and does not wait. */
export const impatient: Working = {
  signal: new AbortController().signal,
  progress: () => undefined,
  async wait(condition) {
    const answer = await condition.holds(this.signal);
    if (answer !== true) throw new Error(`${condition.title}: ${answer}`);
  },
};
