import { describe, expect, it } from "vitest";
import { compare } from "../../src/drills/ledger.ts";

/** Four writes, one after the other; the third was not acknowledged. */
const WRITES = [
  { number: 1, scenario: 1, from: 0, to: 10 },
  { number: 2, scenario: 1, from: 50, to: 60 },
  { number: 3, scenario: 1, from: 100 },
  { number: 4, scenario: 1, from: 150, to: 160 },
];

const seen = new Set([1, 2, 4]);
const present = (revisions: Readonly<Record<number, number>>) =>
  new Map(Object.entries(revisions).map(([number, revision]) => [Number(number), revision]));

describe("the ledger", () => {
  it("has no breach when every acknowledged write is present, in order", () => {
    expect(compare(WRITES, present({ 1: 100, 2: 101, 4: 105 }), seen)).toEqual({
      attempted: 4,
      acknowledged: 3,
      unacknowledgedThere: 0,
      lost: [],
      outOfOrder: [],
      unseen: [],
    });
  });

  it("allows a write that is present but was not acknowledged", () => {
    expect(compare(WRITES, present({ 1: 100, 2: 101, 3: 103, 4: 105 }), seen)).toMatchObject({
      unacknowledgedThere: 1,
      lost: [],
    });
  });

  it("names every acknowledged write that is missing", () => {
    expect(compare(WRITES, present({ 1: 100 }), seen).lost).toEqual([2, 4]);
  });

  it("names a write with a lower revision than one that was acknowledged before it was sent", () => {
    expect(compare(WRITES, present({ 1: 100, 2: 105, 4: 101 }), seen).outOfOrder).toEqual([4]);
  });

  it("allows writes that overlapped to be in either order", () => {
    const overlapping = [
      { number: 1, scenario: 1, from: 0, to: 100 },
      { number: 2, scenario: 1, from: 50, to: 80 },
    ];
    expect(compare(overlapping, present({ 1: 7, 2: 5 }), new Set([1, 2])).outOfOrder).toEqual([]);
  });

  it("names writes that the watch never reported", () => {
    expect(compare(WRITES, present({ 1: 100, 2: 101, 4: 105 }), new Set([1])).unseen).toEqual([2, 4]);
  });
});
