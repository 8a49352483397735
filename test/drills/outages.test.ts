import { expect, test } from "vitest";
import { type Attempt, attempts, measure, silences } from "../../src/drills/outages.ts";

/** A request each 50 ms from 0 to 10 s, answered after 5 ms; `failing` returns how one that is sent at `t` ms fails. */
function asked(failing: (t: number) => { error: string; after: number } | undefined, until = 10_000): Attempt[] {
  return Array.from({ length: until / 50 }, (_, index) => {
    const from = index * 50;
    const failure = failing(from);
    return { from, to: from + (failure?.after ?? 5), error: failure?.error ?? null };
  });
}

const timeout = { error: "timeout", after: 1000 };
const refused = { error: "refused", after: 1 };

test("a client that is always answered sees no outage", () => {
  expect(
    measure(
      asked(() => undefined),
      10_000,
    ),
  ).toEqual({
    asked: 200,
    failed: 0,
    outages: [],
    longest: 0,
    total: 0,
    dark: 0,
    tail: 0,
    latency: { p50: 5, p95: 5, p99: 5, max: 5 },
  });
});

test("an outage begins when the first failed request is sent, and ends with the next good answer, whenever the failures were noticed", () => {
  const { outages, longest, dark, tail } = measure(
    asked((t) => (t >= 2000 && t < 2900 ? timeout : undefined)),
    10_000,
  );
  expect(outages).toMatchObject([{ from: 2000, to: 2905, failed: 18, asked: 18, kinds: { timeout: 18 }, open: false }]);
  expect({ longest, dark, tail }).toEqual({ longest: 905, dark: 905, tail: 0 });
});

test("a good answer to a request that was sent before the first failure ends nothing that begins after it", () => {
  const early = { from: 1960, to: 2010, error: null };
  const { outages } = measure([early, ...asked((t) => (t >= 2000 && t < 2500 ? refused : undefined))], 10_000);
  expect(outages).toMatchObject([
    {
      from: 2000,
      to: 2505,
      gaps: [
        { from: 2000, to: 2010 },
        { from: 2050, to: 2505 },
      ],
      dark: { from: 2050, to: 2505 },
      tail: 50,
    },
  ]);
});

test("a request that is sent at the moment of a good answer, and fails, is not part of the total outage before it", () => {
  const { outages } = measure(
    [
      { from: 0, to: 1, error: "refused" },
      { from: 20, to: 40, error: null },
      { from: 40, to: 41, error: "refused" },
      { from: 60, to: 70, error: null },
    ],
    100,
  );
  expect(outages).toMatchObject([{ from: 0, to: 70, dark: { from: 0, to: 40 }, tail: 30 }]);
});

test("a partial outage, in which one request in three fails, is separate from the total outage before it", () => {
  const failing = (t: number) =>
    t >= 1000 && t < 2000 ? timeout : t < 8000 && t > 2000 && t % 150 === 0 ? refused : undefined;
  const { outages, longest, dark, tail } = measure(asked(failing), 10_000);
  expect(outages).toHaveLength(1);
  expect(outages[0]).toMatchObject({
    from: 1000,
    to: 8005,
    failed: 60,
    asked: 140,
    kinds: { timeout: 20, refused: 40 },
  });
  expect(dark).toBe(1005);
  expect(dark + tail).toBe(longest);
});

test("failures that are a second or more apart are two outages, each with its own length", () => {
  const failing = (t: number) => (t === 1000 || t === 2100 || t === 3000 ? refused : undefined);
  const { outages, longest, total } = measure(asked(failing), 10_000);
  expect(outages.map(({ from, to }) => [from, to])).toEqual([
    [1000, 1055],
    [2100, 3055],
  ]);
  expect({ longest, total }).toEqual({ longest: 955, total: 1010 });
});

test("an outage that is not over when the measurement ends is open, and as long as it was measured", () => {
  const { outages, longest } = measure(
    asked((t) => (t >= 8000 ? timeout : undefined)),
    10_000,
  );
  expect(outages).toMatchObject([{ from: 8000, to: 10_000, open: true, failed: 40, asked: 40 }]);
  expect(longest).toBe(2000);
});

test("the order of attempts does not matter", () => {
  const failing = (t: number) => (t >= 2000 && t < 2900 ? timeout : t === 5000 ? refused : undefined);
  const unordered = asked(failing).toSorted((one, other) => one.to - other.to || other.from - one.from);
  expect(unordered[0]?.from).not.toBe(unordered.at(-1)?.from);
  expect(measure(unordered, 10_000)).toEqual(measure(asked(failing), 10_000));
  expect(measure(unordered.toReversed(), 10_000)).toEqual(measure(asked(failing), 10_000));
});

test("attempts after the end of the measurement are ignored", () => {
  const failing = (t: number) => (t >= 4900 ? timeout : undefined);
  expect(measure(asked(failing), 5000)).toEqual(measure(asked(failing, 5050), 5000));
});

test("a slow answer is good, and shows in the latency", () => {
  const slow = asked(() => undefined).map((attempt, index) =>
    index === 7 ? { ...attempt, to: attempt.from + 800 } : attempt,
  );
  expect(measure(slow, 10_000)).toMatchObject({ failed: 0, latency: { p50: 5, p99: 5, max: 800 } });
});

test("without any answer there is no latency", () => {
  expect(
    measure(
      asked(() => refused),
      10_000,
    ),
  ).toMatchObject({ failed: 200, longest: 10_000, latency: undefined });
  expect(measure([], 10_000)).toMatchObject({ asked: 0, longest: 0, latency: undefined });
});

test("times without requests are reported, because an outage there would be missed", () => {
  const off = asked(() => undefined).filter(({ from }) => from <= 3000 || from >= 7000);
  expect(silences(off, { from: 0, to: 10_000 }, 1000)).toEqual([{ from: 3000, to: 7000 }]);
  expect(silences([], { from: 0, to: 10_000 }, 1000)).toEqual([{ from: 0, to: 10_000 }]);
});

test("the time of a sample is relative to its event", () => {
  expect(attempts(500, [[20, 3, null]])).toEqual([{ from: 520, to: 523, error: null }]);
});
