import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { longestOnPath, activitiesOf, stepSentence } from "../../src/report/explain.ts";
import { report } from "../support/reports.ts";
import { bootstrap, failedBootstrap, plan } from "../support/scenario.ts";

/** What a step of the bootstrap was busy with, as `title ms`; what `more` adds happened in it too. */
function parts(phase: string, host: string, events: readonly RunEvent[] = bootstrap): string[] {
  const step = report(events).steps.find((each) => each.phase === phase && each.host === host);
  return activitiesOf(step).map(({ title, ms }) => `${title} ${ms}`);
}

/** The bootstrap whose first master was busy with other resources, [key, ms] each, one after another. */
function busyWith(...resources: [key: string, ms: number][]): RunEvent[] {
  const where = { phase: "first-master", host: "m1" };
  const without = bootstrap.filter((event) => !("resource" in event && event.phase === where.phase));
  let at = bootstrap.find((event) => event.type === "step.start" && event.phase === where.phase)?.at ?? 0;
  const events = resources.flatMap(([resource, ms]): RunEvent[] => [
    { type: "resource.change", at, ...where, resource, changes: [] },
    { type: "resource.applied", at: (at += ms), ...where, resource, ms },
  ]);
  return without.flatMap((event) =>
    event.type === "step.start" && event.phase === where.phase ? [event, ...events] : [event],
  );
}

test("one sentence explains what took the time", () => {
  const made = report(bootstrap);
  const longest = longestOnPath(made);
  expect(longest && stepSentence(made, longest)).toBe("First master: kubeadm init on m1, 24 s of 36 s");
});

test("a step is explained by what it changed and what it waited for, the longest first", () => {
  expect(parts("etcd", "m1")).toEqual(["waiting until etcd is healthy 3500", "file /etc/etcd/etcd.env 200"]);
});

test("changes of one kind are one activity", () => {
  const events = busyWith(["image:pause", 300], ["image:etcd", 900], ["kubeadm-init:cluster", 1000]);
  expect(parts("first-master", "m1", events)).toEqual(["image × 2 1200", "kubeadm init 1000"]);
});

test("resources that one command applied count once", () => {
  const batch = busyWith(["file:/a", 500]).flatMap((event) =>
    "resource" in event && event.resource === "file:/a" ? [event, { ...event, resource: "file:/b" }] : [event],
  );
  expect(parts("first-master", "m1", batch)).toEqual(["file × 2 500"]);
});

test("a step that only read is shown as reading", () => {
  expect(parts("preflight", "m1")).toEqual(["reading 400"]);
  expect(parts("prepare", "m1", plan)).toEqual(["reading 200"]);
});

test("a change that failed while it waited for its own command is the step's activity", () => {
  const waited = failedBootstrap.map((event) =>
    event.type === "step.fail" ? { ...event, during: "kubeadm-join ends" } : event,
  );
  expect(parts("workers", "w1", waited)).toEqual(["kubeadm join 1800"]);
});

test("a step that failed, or was killed, shows what it was doing", () => {
  expect(parts("workers", "w1", failedBootstrap)).toEqual(["kubeadm join 1800"]);
  expect(parts("workers", "w1", bootstrap.slice(0, -4))).toEqual(["kubeadm join 5700"]);
});
