import { defineFact } from "./fact.ts";

export interface Clock {
  /** How far the host's clock is ahead of the operator's, ms; negative: behind. */
  readonly offset: number;
  /** The reading may be off by this much either way, ms: half the time the question took. */
  readonly uncertainty: number;
}

export const clock = defineFact<Clock>({
  name: "clock",
  command: "date +%s%3N",
  parse(stdout, { sentAt, receivedAt }) {
    // Milliseconds since 1970 have 13 digits until 2286. What is no number would be no difference to any other clock.
    if (!/^\d{13}$/.test(stdout.trim())) throw new Error("`date` does not say milliseconds");
    return { offset: Number(stdout.trim()) - (sentAt + receivedAt) / 2, uncertainty: (receivedAt - sentAt) / 2 };
  },
});
