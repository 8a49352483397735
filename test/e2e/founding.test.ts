import { afterAll, beforeAll, expect, test } from "vitest";
import { found, type Founding, keepBare } from "../support/founding.ts";
import { type LabStory, labStory } from "../support/lab-story.ts";

/**
 * The VIP is watched in three bring-ups of a run: in this one, in cluster.test.ts's and in that of the lab that files share, which are quiet.
 * `bench/founding.ts` does it thirty times.
 */
const ROUNDS =
  process.env.TRIPOD_ALL === "1"
    ? [
        { round: 1, busy: false },
        { round: 2, busy: true },
        { round: 3, busy: true },
      ]
    : [{ round: 1, busy: true }];

let lab: LabStory;

beforeAll(async () => {
  lab = await labStory("founding");
  await keepBare(lab);
});

afterAll(() => lab[Symbol.asyncDispose]());

test.each(ROUNDS)(
  "a cluster is created on bare machines every time (round $round, busy: $busy), and nobody takes the VIP from its first master",
  async ({ busy }) => {
    const { ms, ...founding } = await found(lab, busy);
    console.log(`founded in ${(ms / 1000).toFixed(0)} s`);
    const good: Omit<Founding, "ms" | "stderr" | "again"> = { busy, code: 0, moves: 0 };
    expect(founding).toMatchObject(good);
  },
);
