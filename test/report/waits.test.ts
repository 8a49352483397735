import { expect, test } from "vitest";
import { type StepEvent, type Wait, waitsOf } from "../../src/report/waits.ts";
import { report } from "../support/reports.ts";
import { bootstrap } from "../support/scenario.ts";

const where = { phase: "etcd", host: "m1" };
const waiting = (at: number, condition: string, reason: string, ms: number): StepEvent => ({
  ...where,
  ...{ type: "condition.waiting", at, condition, reason, ms },
});
const met = (at: number, condition: string, ms: number): StepEvent => ({
  ...where,
  ...{ type: "condition.met", at, condition, ms },
});

/** The waits of a step that ends at 100. */
function waits(...events: StepEvent[]): Wait[] {
  return waitsOf(events, 0, 100);
}

test("a wait keeps each reason once, with how long it lasted", () => {
  expect(report(bootstrap).steps.flatMap((step) => step.waits)).toEqual([
    {
      condition: "etcd is healthy",
      ...{ start: 2700, end: 6200, met: true },
      reasons: [
        { reason: "m2 has not joined", ms: 3300 },
        { reason: "no leader yet", ms: 200 },
      ],
    },
  ]);
});

test("the times of a repeated reason are added", () => {
  const [wait] = waits(
    waiting(10, "up", "a", 0),
    waiting(20, "up", "b", 10),
    waiting(25, "up", "a", 15),
    met(40, "up", 30),
  );
  expect(wait?.reasons).toEqual([
    { reason: "a", ms: 25 },
    { reason: "b", ms: 5 },
  ]);
});

test("a condition that was met at once has no reasons", () => {
  expect(waits(met(12, "up", 2))).toEqual([{ condition: "up", start: 10, end: 12, reasons: [], met: true }]);
});

test("the wait for a condition that was never met lasts until the end of the step", () => {
  expect(waits(waiting(10, "up", "down", 5))).toEqual([
    { condition: "up", start: 5, end: 100, reasons: [{ reason: "down", ms: 90 }], met: false },
  ]);
});

test("two waits for the same condition are two waits", () => {
  const twice = waits(waiting(10, "up", "down", 0), met(20, "up", 10), waiting(50, "up", "down", 0), met(55, "up", 5));
  expect(twice.map(({ start, end }) => [start, end])).toEqual([
    [10, 20],
    [50, 55],
  ]);
});

test("a wait during a change names the resource", () => {
  const change: StepEvent = { ...where, type: "resource.change", at: 1, resource: "kubeadm-init:cluster", changes: [] };
  const applied: StepEvent = { ...where, type: "resource.applied", at: 30, resource: "kubeadm-init:cluster", ms: 29 };
  const made = waits(change, waiting(10, "it ends", "runs", 0), met(20, "it ends", 10), applied, met(40, "up", 1));
  expect(made.map(({ condition, during }) => [condition, during])).toEqual([
    ["it ends", "kubeadm-init:cluster"],
    ["up", undefined],
  ]);
});
