import { defineFact } from "./fact.ts";

export interface Clock {
  /** How far the host's clock is ahead of the operator's, ms; negative: behind. */
  readonly offset: number;
  /** The reading may be off by this much either way, ms: half the time the command took. */
  readonly uncertainty: number;
}

export const clock = defineFact<Clock>({
  name: "clock",
  command: "date +%s%3N",
  parse(stdout, { sentAt, receivedAt }) {
    // Milliseconds since 1970 have 13 digits until 2286. Without a number no clock would differ from another.
    if (!/^\d{13}$/.test(stdout.trim())) throw new Error("`date` did not print milliseconds");
    return { offset: Number(stdout.trim()) - (sentAt + receivedAt) / 2, uncertainty: (receivedAt - sentAt) / 2 };
  },
});
