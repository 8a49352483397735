import { expect, test } from "vitest";
import { lengthOfUnion } from "../../src/report/intervals.ts";

test.each([
  ["nothing", [], 0],
  [
    "one after another",
    [
      [0, 10],
      [20, 25],
    ],
    15,
  ],
  [
    "overlapping",
    [
      [0, 10],
      [5, 15],
    ],
    15,
  ],
  [
    "one inside the other",
    [
      [0, 10],
      [2, 3],
    ],
    10,
  ],
  [
    "in any order",
    [
      [20, 25],
      [0, 10],
      [9, 21],
    ],
    25,
  ],
])("the time covered by intervals: %s", (_, intervals, length) => {
  expect(lengthOfUnion(intervals.map(([start = 0, end = 0]) => ({ start, end })))).toBe(length);
});
