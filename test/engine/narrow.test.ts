import { situation } from "../support/context.ts";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import type { TripodErrors } from "../../src/errors.ts";
import { checkNarrowing, type Narrowing } from "../../src/engine/narrow.ts";
import { allHosts, type Phase, sameHost } from "../../src/phases/phase.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { changed, cluster, on, phase, thing, walk } from "../support/phases.ts";
import { failure } from "../support/sshd.ts";

/** preflight, then packages on all hosts, etcd on the masters, and workers, which need all of etcd. */
function house(of: { packages?: Resource[]; etcd?: Resource[]; until?: Phase["until"]; log?: string[] } = {}): Phase[] {
  const { log = [] } = of;
  const with_ = (resources: Resource[] = []) => ({ resources: () => resources });
  return [
    phase("preflight", [], ({ name }) => log.push(`preflight ${name}`)),
    { ...phase("packages", [allHosts({ name: "preflight" })]), ...with_(of.packages) },
    on(["m1", "m2", "m3"], { ...phase("etcd", [sameHost({ name: "packages" })]), ...with_(of.etcd), until: of.until }),
    on(
      ["w1", "w2"],
      phase("workers", [allHosts({ name: "etcd" })], ({ name }) => log.push(`workers ${name}`)),
    ),
  ];
}

const CONVERGED = () => thing("right", { right: true });

function stepsOf(events: readonly RunEvent[], outcome = "ok"): string[] {
  return events.flatMap((event) =>
    event.type === "step.end" && event.outcome === outcome ? [`${event.phase} ${event.host}`] : [],
  );
}

function check(only: Narrowing): void {
  checkNarrowing(house(), situation(cluster), only);
}

test("only the named phase and hosts are done, after a preflight of all hosts; the rest is said to be left out", async () => {
  const events = await walk(house({ packages: [CONVERGED()], etcd: [thing("member", {})] }), "plan", {
    only: { phases: ["etcd"], hosts: ["m2"] },
  });
  expect(changed(events)).toEqual(["thing:member"]);
  expect(stepsOf(events).filter((step) => step.startsWith("preflight"))).toHaveLength(5);
  expect(stepsOf(events).filter((step) => !step.startsWith("preflight"))).toEqual(["packages m2", "etcd m2"]);
  const [start] = events;
  expect(start).toMatchObject({ leftOut: { phases: ["packages", "workers"], hosts: ["m1", "m3", "w1", "w2"] } });
});

test("a run that is not narrowed leaves nothing out, and says nothing of it", async () => {
  const [start] = await walk(house(), "plan");
  expect(start).not.toHaveProperty("leftOut");
});

test.each([
  [
    { phases: ["etdc"] },
    "there is no phase etdc, did you mean `etcd`?",
    "the phases are preflight, packages, etcd, workers",
  ],
  [{ hosts: ["m11"] }, "there is no host m11, did you mean `m1`?", "the hosts are m1, m2, m3, w1, w2"],
  [{ phases: ["etcd"], hosts: ["w1"] }, "etcd: not on w1", "it is done on m1, m2, m3"],
])("%j is refused before anybody is contacted", (only, message, hint) => {
  expect(() => check(only)).toThrow(expect.objectContaining({ code: "E_USAGE", message }));
  expect(() => check(only)).toThrow(expect.objectContaining({ details: expect.objectContaining({ hint }) as unknown }));
});

test("names that exist are accepted", () => {
  expect(() => check({ phases: ["etcd", "workers"], hosts: ["w1"] })).not.toThrow();
});

test("what was left out but is needed is only looked at, and nothing is said of what is well", async () => {
  const log: string[] = [];
  const events = await walk(house({ etcd: [CONVERGED()], log }), "apply", { only: { phases: ["workers"] } });
  expect(log.filter((each) => each.startsWith("workers"))).toEqual(["workers w1", "workers w2"]);
  expect(events.filter(({ type }) => type.startsWith("resource"))).toEqual([]);
});

test("an apply refuses to go on where a need was left out and is not met, and says what to take in", async () => {
  const log: string[] = [];
  const etcd = thing("member", { log });
  const error = await failure(
    walk(house({ etcd: [etcd], log }), "apply", { only: { phases: ["workers"], hosts: ["w1"] } }),
  );
  const { errors } = error as unknown as TripodErrors;
  const [first] = errors;
  expect(first).toMatchObject({
    code: "E_REFUSED",
    message: "workers cannot do without etcd, which was left out",
    details: { host: "m1", why: "not as it should be:\nthing:member" },
  });
  expect(first?.details.hint).toContain("phase etcd on host m1");
  expect(log).not.toContain("apply member");
  expect(log).not.toContain("workers w1");
});

test("a plan of the same goes on, and tells what an apply would refuse", async () => {
  const log: string[] = [];
  const events = await walk(house({ etcd: [thing("member", {})], log }), "plan", { only: { phases: ["workers"] } });
  const unmet = events.filter((event) => event.type === "need.unmet");
  expect(unmet).toHaveLength(3);
  expect(unmet[0]).toMatchObject({ phase: "etcd", neededBy: ["workers"], missing: ["thing:member"] });
  expect(changed(events)).toEqual([]);
  expect(log).toContain("workers w1");
});

test("a need is not met either where its condition does not hold; it is asked once, not waited for", async () => {
  let asked = 0;
  const holds = () => {
    asked++;
    return Promise.resolve("m3 is away");
  };
  const until = () => [{ title: "quorum", within: 60_000, holds }];
  const error = await failure(walk(house({ until }), "apply", { only: { phases: ["workers"], hosts: ["w1"] } }));
  expect(error.message).toContain("3 failures");
  expect(asked).toBe(3);
});

test("order is kept through phases that are left out", async () => {
  const log: string[] = [];
  const far = phase("far", [allHosts({ name: "workers" })], ({ name }) => log.push(`far ${name}`));
  const only = { phases: ["packages", "far"], hosts: ["w1"] };
  const slow = thing("slow", { log, work: () => new Promise(setImmediate) });
  await walk([...house({ packages: [slow] }), far], "apply", { only });
  expect(log.indexOf("apply slow")).toBeLessThan(log.indexOf("far w1"));
});
