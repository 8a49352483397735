import { expect, test } from "vitest";
import { formatDuration, ticks, utc } from "../../src/report/duration.ts";

test.each([
  [0, "0.0 s"],
  [449, "0.4 s"],
  [9949, "9.9 s"],
  [9950, "10 s"],
  [62_400, "62 s"],
  [119_499, "119 s"],
  [120_000, "2 min"],
  [185_000, "3 min 5 s"],
])("%d ms are printed as %s", (ms, said) => {
  expect(formatDuration(ms)).toBe(said);
});

test("a time is printed in UTC", () => {
  expect(utc(Date.UTC(2026, 0, 31, 9, 5, 7, 123))).toBe("2026-01-31 09:05:07 UTC");
});

test.each([
  [0, ["0"]],
  [850, ["0", "0.2 s", "0.4 s", "0.6 s", "0.8 s"]],
  [4100, ["0", "1 s", "2 s", "3 s", "4 s"]],
  [36_100, ["0", "10 s", "20 s", "30 s"]],
  [300_000, ["0", "1:00", "2:00", "3:00", "4:00", "5:00"]],
])("the axis of a run of %d ms has round numbers", (wallMs, labels) => {
  expect(ticks(wallMs, 5).map(({ label }) => label)).toEqual(labels);
});

test.each([100, 999, 86_400_000, 700_000_000])("an axis never has more ticks than allowed (%d ms)", (wallMs) => {
  const made = ticks(wallMs, 10);
  expect(made.length).toBeLessThanOrEqual(11);
  expect(made.at(-1)?.at).toBeLessThanOrEqual(wallMs);
});
