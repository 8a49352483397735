import { expect, test } from "vitest";
import { type Report, reportOf } from "../../src/report/report.ts";
import { report } from "../support/reports.ts";
import { bootstrap, failedBootstrap, plan, stoppedBootstrap } from "../support/scenario.ts";

function step(made: Report, phase: string, host: string) {
  return made.steps.find((each) => each.phase === phase && each.host === host);
}

test("the critical path leads from the slowest host of each phase to the end", () => {
  const { steps } = report(bootstrap).criticalPath;
  expect(steps.map(({ phase, host }) => `${phase} on ${host}`)).toEqual([
    "preflight on m2",
    "prepare on m1",
    "etcd on m1",
    "first-master on m1",
    "workers on w1",
  ]);
});

test("the wall time is compared with the time of the hosts' commands on that path", () => {
  const { commandMs, wallMs, ratio } = report(bootstrap).criticalPath;
  expect(commandMs).toBe(490 + 1400 + (450 + 3500) + 23_000 + 5600);
  expect(wallMs).toBe(36_100);
  expect(ratio).toBeCloseTo(1.048, 3);
});

test("concurrent commands count once", () => {
  expect(step(report(bootstrap), "first-master", "m1")).toMatchObject({ commands: 2, commandMs: 23_000 });
});

test("each step has its changes, with their time and diff", () => {
  const [hosts] = step(report(bootstrap), "prepare", "m1")?.changes ?? [];
  expect(hosts).toMatchObject({ resource: "file:/etc/hosts", ms: 1050 });
  expect(hosts?.changes[0]?.diff).toContain("+10.0.0.11 m1");
});

test("each phase has its time and its outcome", () => {
  expect(report(failedBootstrap).phases.map(({ name, start, end, outcome }) => [name, start, end, outcome])).toEqual([
    ["preflight", 0, 500, "ok"],
    ["prepare", 500, 2600, "ok"],
    ["etcd", 2000, 6200, "ok"],
    ["first-master", 6200, 30_200, "ok"],
    ["workers", 30_200, 32_000, "failed"],
  ]);
});

test("a failure keeps its host and hint", () => {
  expect(step(report(failedBootstrap), "workers", "w1")?.failures).toMatchObject([
    { code: "E_COMMAND", host: "w1", hint: "see the kubelet's journal" },
  ]);
});

test("a stopped run counts its changes; steps that never began are missing", () => {
  const made = report(stoppedBootstrap);
  expect(made).toMatchObject({ outcome: "cancelled", changed: 3, unchanged: 1, wallMs: 4000 });
  expect(made.steps.map((each) => each.phase)).not.toContain("workers");
});

test("the events of a killed run make a report", () => {
  const made = report(bootstrap.slice(0, -4));
  expect(made.outcome).toBe("unfinished");
  expect(made.phases.at(-1)).toMatchObject({ name: "workers", start: 30_200, outcome: "unfinished" });
  expect(made.criticalPath.steps.at(-1)).toMatchObject({ phase: "workers", end: made.wallMs });
});

test("a report has the same counts as the run", () => {
  for (const events of [bootstrap, failedBootstrap, stoppedBootstrap, plan]) {
    const end = events.at(-1);
    if (end?.type !== "run.end") throw new Error("these scenarios have an end");
    const { changed, unchanged, wallMs } = report(events);
    expect({ changed, unchanged, ms: wallMs }).toEqual({ changed: end.changed, unchanged: end.unchanged, ms: end.ms });
  }
});

test("a report is plain data", () => {
  const made = report(failedBootstrap);
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
});

test("without events there is no report", () => {
  expect(reportOf([])).toBeUndefined();
});
