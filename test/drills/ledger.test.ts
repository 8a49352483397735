import { describe, expect, it } from "vitest";
import { compare } from "../../src/drills/ledger.ts";

/** Four writes, one after the other; the third was not acknowledged. */
const WRITES = [
  { number: 1, scenario: 1, from: 0, to: 10 },
  { number: 2, scenario: 1, from: 50, to: 60 },
  { number: 3, scenario: 1, from: 100 },
  { number: 4, scenario: 1, from: 150, to: 160 },
];

const told = new Set([1, 2, 4]);
const there = (revisions: Readonly<Record<number, number>>) =>
  new Map(Object.entries(revisions).map(([number, revision]) => [Number(number), revision]));

describe("the ledger", () => {
  it("is whole when everything acknowledged is there, in its order", () => {
    expect(compare(WRITES, there({ 1: 100, 2: 101, 4: 105 }), told)).toEqual({
      attempted: 4,
      acknowledged: 3,
      unacknowledgedThere: 0,
      lost: [],
      outOfOrder: [],
      unseen: [],
    });
  });

  it("does not blame the cluster for a write that was made but not acknowledged", () => {
    expect(compare(WRITES, there({ 1: 100, 2: 101, 3: 103, 4: 105 }), told)).toMatchObject({
      unacknowledgedThere: 1,
      lost: [],
    });
  });

  it("names every acknowledged write that is gone", () => {
    expect(compare(WRITES, there({ 1: 100 }), told).lost).toEqual([2, 4]);
  });

  it("names a write that is older than one acknowledged before it began", () => {
    expect(compare(WRITES, there({ 1: 100, 2: 105, 4: 101 }), told).outOfOrder).toEqual([4]);
  });

  it("allows writes that overlapped to be in either order", () => {
    const overlapping = [
      { number: 1, scenario: 1, from: 0, to: 100 },
      { number: 2, scenario: 1, from: 50, to: 80 },
    ];
    expect(compare(overlapping, there({ 1: 7, 2: 5 }), new Set([1, 2])).outOfOrder).toEqual([]);
  });

  it("names what the watch never told", () => {
    expect(compare(WRITES, there({ 1: 100, 2: 101, 4: 105 }), new Set([1])).unseen).toEqual([2, 4]);
  });
});
