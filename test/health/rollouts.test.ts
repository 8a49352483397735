import { describe, expect, test } from "vitest";
import { rolledOut } from "../../src/health/rollouts.ts";
import type { ManifestObject } from "../../src/resources/manifest-objects.ts";
import { answering, scriptedHost } from "../support/scripted-host.ts";

const MACHINES = ["m1", "w1", "w2"];
const agent: ManifestObject = { kind: "DaemonSet", name: "agent", namespace: "net", serves: [] };
const typha: ManifestObject = { kind: "Deployment", name: "typha", namespace: "net", serves: [] };
const { signal } = new AbortController();

const selector = (app: string) => ({ matchLabels: { app } });
const daemonSet = (status: object, more: object = {}) => ({
  kind: "DaemonSet",
  metadata: { name: "agent", generation: 2 },
  spec: { selector: selector("agent"), ...more },
  status: {
    observedGeneration: 2,
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
    ...status,
  },
});
const deployment = (status: object) => ({
  kind: "Deployment",
  metadata: { name: "typha", generation: 1 },
  spec: { replicas: 1, selector: selector("typha") },
  status: { observedGeneration: 1, ...status },
});
const pod = (app: string, node: string | undefined, status: object = {}) => ({
  metadata: { labels: { app, extra: "1" } },
  spec: node === undefined ? {} : { nodeName: node },
  status: { conditions: [{ type: "Ready", status: "False" }], ...status },
});

function holds(workloads: readonly object[], pods: readonly object[] = [], wanted = [agent]): Promise<true | string> {
  const answer = answering({
    "get daemonsets.apps,deployments.apps -n net": JSON.stringify({ items: workloads }),
    "get pods -n net": JSON.stringify({ items: pods }),
  });
  return rolledOut(scriptedHost({ answer }), wanted, MACHINES).holds(signal);
}

describe("a pod network has rolled out", () => {
  test("when all its pods are available", async () => {
    const done = deployment({ updatedReplicas: 1, availableReplicas: 1 });
    expect(await holds([daemonSet({}), done], [], [agent, typha])).toBe(true);
  });

  test.each<[string, object, object[], string]>([
    [
      "a container's image is not found",
      daemonSet({ numberAvailable: 1 }),
      [
        pod("agent", "w1", {
          containerStatuses: [{ state: { waiting: { reason: "ErrImagePull", message: "not found" } } }],
        }),
        pod("agent", "w2"),
        pod("other", "m1"),
      ],
      "DaemonSet net/agent: 1 of 3 pods are available, none on w1, w2: not found",
    ],
    [
      "an init container fails",
      daemonSet({ numberAvailable: 2 }),
      [pod("agent", "w1", { initContainerStatuses: [{ state: { waiting: { reason: "CrashLoopBackOff" } } }] })],
      "DaemonSet net/agent: 2 of 3 pods are available, none on w1: CrashLoopBackOff",
    ],
    [
      "some are of an older form",
      daemonSet({ updatedNumberScheduled: 1 }),
      [],
      "DaemonSet net/agent: 3 of 3 pods are available; 2 are of an older form",
    ],
    [
      "nobody has looked at it yet",
      daemonSet({ observedGeneration: 1 }),
      [],
      "DaemonSet net/agent: 3 of 3 pods are available",
    ],
  ])("but not when %s", async (_, workload, pods, why) => {
    expect(await holds([workload], pods)).toBe(why);
  });

  test("but not when a pod fits no node, and the reason is the scheduler's", async () => {
    const message = "0/3 nodes are available: 3 node(s) had taints";
    const waiting = pod("typha", undefined, { conditions: [{ type: "PodScheduled", status: "False", message }] });
    expect(await holds([deployment({ updatedReplicas: 1 })], [waiting], [typha])).toBe(
      `Deployment net/typha: 0 of 1 pods are available: ${message}`,
    );
  });

  test("but not when it is not in the cluster", async () => {
    expect(await holds([])).toBe("DaemonSet net/agent is not in the cluster");
  });

  test("also when a node that the inventory does not name is missing", async () => {
    const gone = daemonSet({ desiredNumberScheduled: 4, updatedNumberScheduled: 3, numberAvailable: 3 });
    expect(await holds([gone], [pod("agent", "w9")])).toBe(true);
  });

  test("also when pods change only as somebody deletes them", async () => {
    const old = daemonSet({ updatedNumberScheduled: 0 }, { updateStrategy: { type: "OnDelete" } });
    expect(await holds([old])).toBe(true);
  });
});
