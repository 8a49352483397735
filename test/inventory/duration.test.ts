import { expect, it } from "vitest";
import { parseDuration } from "../../src/inventory/duration.ts";

it.each([
  ["300ms", 300],
  ["1s", 1000],
  ["1.5s", 1500],
  ["40.95s", 40_950],
  ["0.3s", 300],
  ["10m", 600_000],
  ["12h", 43_200_000],
  ["30d", 2_592_000_000],
])("%s is %i ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(["", "5", "s", "-1s", "1 s", "1.s", "1w", "0s", "0.5ms", "1s ", "1e3ms"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
