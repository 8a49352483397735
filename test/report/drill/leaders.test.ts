import { expect, test } from "vitest";
import type { DrillEvent } from "../../../src/drills/events.ts";
import { leadersOf, termChangesOf } from "../../../src/report/drill/leaders.ts";

const window = { from: 1000, to: 9000 };

function status(at: number, host: string, leader: string | undefined, term: number): DrillEvent {
  if (leader === undefined) return { type: "etcd", at, host, healthy: false };
  return { type: "etcd", at, host, healthy: true, leader, term };
}

const calm = ["m1", "m2", "m3"].map((host) => status(0, host, "m1", 4));

test("while all members agree, one leads from beginning to end", () => {
  expect(leadersOf(calm, window)).toEqual([{ host: "m1", term: 4, from: 1000, to: 9000 }]);
});

test("a member that is cut off, and follows the old leader, is ignored", () => {
  const led = leadersOf(
    [...calm, status(3000, "m2", "m2", 5), status(3100, "m3", "m2", 5), status(8000, "m1", "m2", 5)],
    window,
  );
  expect(led).toEqual([
    { host: "m1", term: 4, from: 1000, to: 3000 },
    { host: "m2", term: 5, from: 3000, to: 9000 },
  ]);
  expect(termChangesOf(led)).toBe(1);
});

test("where no member knows of a leader there is none", () => {
  const lost = ["m1", "m2", "m3"].map((host) => status(4000, host, undefined, 0));
  expect(leadersOf([...calm, ...lost, status(6000, "m3", "m3", 9)], window)).toEqual([
    { host: "m1", term: 4, from: 1000, to: 4000 },
    { host: "m3", term: 9, from: 6000, to: 9000 },
  ]);
});

test("an election that the same member wins again is one", () => {
  const led = leadersOf([...calm, status(3000, "m2", "m1", 6)], window);
  expect(led.map(({ host, term }) => `${host} ${term}`)).toEqual(["m1 4", "m1 6"]);
  expect(termChangesOf(led)).toBe(1);
});
