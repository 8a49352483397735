import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { layOut, type Step } from "../../src/engine/graph.ts";
import { PHASES } from "../../src/phases/index.ts";
import type { Phase } from "../../src/phases/phase.ts";
import { testCluster } from "../support/cluster.ts";
import { situation } from "../support/context.ts";
import { scriptedHost } from "../support/scripted-host.ts";

const SRC = join(import.meta.dirname, "../../src/phases");

const clusters = {
  "the ordinary cluster": testCluster(),
  "a cluster with a manifest for its network": testCluster({ network: { manifest: "/home/operator/flannel.yaml" } }),
  "a cluster without a pod network": testCluster({ network: { cni: "none" } }),
  "masters alone": testCluster({ workers: [], kubernetes: { mastersSchedulable: true } }),
};

const stepsOf = (cluster: (typeof clusters)[keyof typeof clusters]) =>
  layOut(
    PHASES,
    situation(cluster),
    cluster.machines.map((machine) => scriptedHost({ machine })),
  );

/** Everything that is done before this step starts. */
function before(step: Step, found = new Set<Step>()): ReadonlySet<Step> {
  for (const needed of step.after.flat()) if (!found.has(needed)) before(needed, found.add(needed));
  return found;
}

describe("the list of phases", () => {
  it("has every phase of the folder, once", async () => {
    const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const modules = (await Promise.all(files.map((file) => import(join(SRC, file))))) as Record<string, unknown>[];
    const phases = [...new Set(modules.flatMap((module) => Object.values(module)).filter(isPhase))];
    expect(names(PHASES).toSorted()).toEqual(names(phases).toSorted());
    expect(new Set(names(PHASES)).size).toBe(PHASES.length);
  });

  it.each(PHASES.map((phase, position) => ({ phase, position, name: phase.name })))(
    "$name has a title, and needs only phases before it",
    ({ phase, position }) => {
      expect(phase.title).toMatch(/^\S.*\S$/);
      const known = names(PHASES.slice(0, position));
      expect(phase.needs.map((need) => need.phase).filter((name) => !known.includes(name))).toEqual([]);
    },
  );

  describe.each(Object.entries(clusters))("for %s", (_, cluster) => {
    const steps = stepsOf(cluster);

    it("changes nothing on any host before every host has passed preflight", () => {
      const preflights = steps.filter(({ phase }) => phase.name === "preflight");
      expect(preflights).toHaveLength(cluster.machines.length);
      for (const step of steps) {
        if (step.phase.name === "preflight") continue;
        expect([...before(step)], `${step.phase.name} on ${step.host.name}`).toEqual(
          expect.arrayContaining(preflights),
        );
      }
    });

    it("verifies the cluster only when every other step is done", () => {
      const last = steps.find(({ phase }) => phase.name === "verify");
      expect(last && before(last).size).toBe(steps.length - 1);
    });

    it("starts no step on a host whose packages, kernel settings or programs are missing", () => {
      for (const step of steps.filter(
        ({ phase }) => /master|workers/.test(phase.name) && phase.name !== "first-kubernetes",
      )) {
        const own = [...before(step)].filter(({ host }) => host === step.host).map(({ phase }) => phase.name);
        expect(own).toEqual(expect.arrayContaining(["packages", "prepare", "container-runtime"]));
        expect(own.some((name) => name.endsWith("kubernetes"))).toBe(true);
      }
    });

    it("joins no machine before the first master is initialized and etcd has been healthy everywhere", () => {
      for (const step of steps.filter(({ phase }) => ["other-masters", "workers"].includes(phase.name))) {
        const done = [...before(step)].map(({ phase, host }) => `${phase.name} ${host.name}`);
        expect(done).toEqual(expect.arrayContaining(["first-master m1", "etcd m1", "etcd m2", "etcd m3"]));
      }
    });
  });

  it("does not let a worker wait for the other masters, nor they for it", () => {
    const steps = stepsOf(clusters["the ordinary cluster"]);
    const joins = steps.filter(({ phase }) => ["other-masters", "workers"].includes(phase.name));
    for (const step of joins) expect(joins.filter((other) => before(step).has(other))).toEqual([]);
  });
});

function names(phases: readonly Phase[]): string[] {
  return phases.map(({ name }) => name);
}

function isPhase(value: unknown): value is Phase {
  return typeof value === "object" && value !== null && "needs" in value && "title" in value && "resources" in value;
}
