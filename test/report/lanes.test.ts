import { expect, test } from "vitest";
import { lanesOf } from "../../src/report/lanes.ts";
import type { Report, StepReport } from "../../src/report/report.ts";
import { report } from "../support/reports.ts";
import { bootstrap } from "../support/scenario.ts";

const made = report(bootstrap);

function withSteps(...spans: [phase: string, start: number, end: number][]): Report {
  const [step] = made.steps;
  const steps = spans.map(([phase, start, end]) => ({ ...step, host: "m1", phase, start, end }) as StepReport);
  return { ...made, hosts: ["m1", "idle"], steps };
}

function rows(given: Report, tolerance: number): string[][] {
  return lanesOf(given, tolerance)[0]?.rows.map((row) => row.map(({ phase }) => phase)) ?? [];
}

test("consecutive steps of a host are in one row, in their order", () => {
  expect(rows(withSteps(["b", 10, 20], ["a", 0, 10]), 0)).toEqual([["a", "b"]]);
});

test("simultaneous steps are in several rows, and a free row is used again", () => {
  expect(rows(withSteps(["a", 0, 10], ["b", 5, 30], ["c", 12, 20]), 0)).toEqual([["a", "c"], ["b"]]);
});

test("an invisible overlap needs no second row", () => {
  expect(rows(withSteps(["a", 0, 10], ["b", 9, 20]), 1)).toEqual([["a", "b"]]);
});

test("a host that did nothing has a lane too", () => {
  expect(lanesOf(withSteps(["a", 0, 10]), 0)[1]).toEqual({ host: "idle", rows: [[]] });
});
