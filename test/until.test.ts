import { describe, expect, it } from "vitest";
import { TripodError } from "../src/errors.ts";
import { until } from "../src/until.ts";

const { signal } = new AbortController();

/** A condition that gives these answers, one a question, and the last for ever. */
function answering(answers: readonly (true | string)[], within = 60_000) {
  let asked = 0;
  return {
    title: "etcd is healthy",
    within,
    holds: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? true),
    asked: () => asked,
  };
}

describe("waiting for a condition", () => {
  it("takes no time where it holds already", async () => {
    const condition = answering([true]);
    expect(await until(condition, { signal })).toBeGreaterThanOrEqual(0);
    expect(condition.asked()).toBe(1);
  });

  it("continues when a host becomes unreachable meanwhile, and names the host", async () => {
    const told: string[] = [];
    const answers = [
      new TripodError("E_CONNECTION_LOST", "gone", { host: "m1" }),
      new TripodError("E_UNREACHABLE", "refused", { host: "m1" }),
    ];
    const holds = () => {
      const lost = answers.shift();
      return lost ? Promise.reject(lost) : Promise.resolve(true as const);
    };
    await until(
      { title: "m2 is ready", within: 60_000, holds },
      { signal, interval: 1, waiting: (reason) => told.push(reason) },
    );
    expect(told).toEqual(["m1: gone", "m1: refused"]);
  });

  it("reports a reason once, and again when it changes", async () => {
    const told: string[] = [];
    const condition = answering(["m3 is silent", "m3 is silent", "m3 is a learner", "m3 is a learner", true]);
    await until(condition, { signal, interval: 1, waiting: (reason) => told.push(reason) });
    expect(told).toEqual(["m3 is silent", "m3 is a learner"]);
  });

  it("ends at its deadline with the last reason it was given, and what to do", async () => {
    const failure: unknown = await until(answering(["m3 is silent", "m3 is a learner"], 5), {
      signal,
      interval: 5,
      host: "m1",
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TripodError);
    expect(failure).toMatchObject({
      code: "E_DEADLINE",
      message: "etcd is healthy: not within 0 s",
      details: {
        host: "m1",
        why: "m3 is a learner",
        hint: expect.stringContaining("run the same command again") as string,
      },
    });
  });

  it("shows what the condition itself recommends, where it has more to recommend", async () => {
    let asked = "";
    const condition = {
      title: "w1 reaches w2",
      within: 0,
      holds: () => Promise.resolve((asked = "no answer")),
      hint: () => `there was ${asked}: look at w2`,
    };
    const failure: unknown = await until(condition, { signal }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ details: { hint: "there was no answer: look at w2" } });
  });

  it("is asked once even where there is no time at all", async () => {
    expect(await until(answering([true], 0), { signal })).toBeGreaterThanOrEqual(0);
  });

  it("stops when it is asked to, before the next question", async () => {
    const stop = new AbortController();
    const condition = answering(["not yet"]);
    const waiting = () => stop.abort(new Error("enough"));
    await expect(until(condition, { signal: stop.signal, interval: 60_000, waiting })).rejects.toThrow("enough");
    expect(condition.asked()).toBe(1);
  });

  it("passes on what a question throws", async () => {
    const broken = { title: "broken", within: 1000, holds: () => Promise.reject(new Error("no such host")) };
    await expect(until(broken, { signal })).rejects.toThrow("no such host");
  });
});
