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
    return { offset: Number(stdout.trim()) - (sentAt + receivedAt) / 2, uncertainty: (receivedAt - sentAt) / 2 };
  },
});
