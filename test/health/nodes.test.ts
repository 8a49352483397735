import { beforeAll, describe, expect, it, test } from "vitest";
import { nodesReady } from "../../src/health/nodes.ts";
import { createAuthority } from "../../src/pki/authority.ts";
import type { Result } from "../../src/remote/connection.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { answering, scriptedHost } from "../support/scripted-host.ts";

const { signal } = new AbortController();
const cluster = testCluster();
const NOW = Date.parse("2026-11-27T12:00:00Z");

const node = (name: string, status = "True", message?: string) => ({
  metadata: { name },
  spec: {},
  status: {
    conditions: [
      { type: "MemoryPressure", status: "False" },
      { type: "Ready", status, message },
    ],
  },
});
const items = (...nodes: object[]) => JSON.stringify({ items: nodes });
const lease = (name: string, secondsAgo: number, duration = 40) =>
  `kube-node-lease ${name} ${new Date(NOW - secondsAgo * 1000).toISOString()} ${duration} ${name}\n`;

interface Said {
  readonly nodes: string | Partial<Result>;
  readonly leases?: string;
  /** What w1's own host reports of its kubelet. */
  readonly kubelet?: string;
}

function ready({ nodes, leases = "", kubelet = "" }: Said): Promise<true | string> {
  const leader = scriptedHost({
    machine: machineNamed(cluster, "m1"),
    answer: answering({ "get nodes": nodes, "get leases": `${NOW}\n${leases}` }),
  });
  const w1 = scriptedHost({ machine: machineNamed(cluster, "w1"), answer: () => kubelet });
  return nodesReady(leader, ["m1", "w1"], [leader, w1]).holds(signal);
}

describe("all nodes are Ready", () => {
  test.each<[string, Said, true | string]>([
    ["all are", { nodes: items(node("m1"), node("w1")) }, true],
    ["one has not joined", { nodes: items(node("m1")) }, "w1 is not a node of the cluster"],
    [
      "one is not",
      { nodes: items(node("m1"), node("w1", "False", "cni plugin not initialized")) },
      "w1 is not Ready: cni plugin not initialized",
    ],
    ["one is silent", { nodes: items(node("m1"), node("w1", "Unknown")) }, "w1 is not Ready"],
    [
      "a node that is not in the inventory is not, and is ignored",
      { nodes: items(node("m1"), node("w1"), node("x", "False")) },
      true,
    ],
    [
      "a node has no status yet",
      { nodes: items(node("m1"), { metadata: { name: "w1" }, spec: {}, status: {} }) },
      "w1 is not Ready",
    ],
    ["there is no cluster", { nodes: { code: 1, stderr: "no cluster here yet\n" } }, "no cluster here yet"],
    ["the API says nothing", { nodes: { code: 1 } }, "the API server does not answer"],
  ])("%s", async (_, said, expected) => {
    expect(await ready(said)).toBe(expected);
  });
});

describe("a node that the API still reports as Ready", () => {
  const nodes = items(node("m1"), node("w1"));

  it("works as long as its kubelet renews its Lease", async () => {
    expect(await ready({ nodes, leases: lease("m1", 1) + lease("w1", 20) })).toBe(true);
  });

  it("does not work once it has missed two renewals", async () => {
    expect(await ready({ nodes, leases: lease("m1", 1) + lease("w1", 23) })).toBe(
      "the kubelet of w1 has not renewed its Lease for 23 s",
    );
  });

  it("may be slower where the inventory sets so", async () => {
    expect(await ready({ nodes, leases: lease("w1", 90, 200) })).toBe(true);
  });
});

describe("why a kubelet does not renew its Lease", () => {
  const nodes = items(node("m1"), node("w1", "Unknown", "Kubelet stopped posting node status."));
  const stopped = "w1 is not Ready: Kubelet stopped posting node status.";
  let [expired, valid] = ["", ""];
  beforeAll(async () => {
    const request = { keys: "ecdsa-p256", validityDays: 365, commonName: "system:node:w1" } as const;
    expired = (await createAuthority(request, new Date("2024-03-01T00:00:00Z"))).certificate;
    valid = (await createAuthority(request, new Date("2026-03-01T00:00:00Z"))).certificate;
  });
  const asked = (state: string, certificate: string, journal = "") =>
    ready({ nodes, kubelet: `${NOW / 1000}\n${state}\n${certificate}journal\n${journal}` });

  it("is the date at which its certificate expired, and where to read on", async () => {
    expect(await asked("activating", expired, "F1127 12:00:00.0 1 server.go:269] failed to run Kubelet\n")).toBe(
      `${stopped}: the client certificate of its kubelet expired on 2025-03-01: see docs/health.md for how to replace it`,
    );
  });

  it("is read with one command, whatever the host answers", async () => {
    const begun = process.cpuUsage();
    const reason = await ready({ nodes, kubelet: `${"1\n".repeat(40_000)}x` });
    expect(reason).toBe(stopped);
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(1);
  });

  it("is its fatal error", async () => {
    expect(await asked("activating", valid, "F1127 12:00:00.000000     962 server.go:269] misconfiguration\n")).toBe(
      `${stopped}: its kubelet is activating: misconfiguration`,
    );
  });

  it("is that somebody has stopped it", async () => {
    expect(await asked("inactive", valid)).toBe(`${stopped}: its kubelet is inactive`);
  });

  it("is what it logs where it runs, as one short line", async () => {
    const line = `E1127 12:00:00.000000     962 kubelet.go:1] Unable to register\u001b[31m ${"x".repeat(500)}`;
    const reason = await asked("active", valid, `${line}\n`);
    expect(reason).toContain("its kubelet runs, and logs: Unable to register [31m xxx");
    expect(String(reason).length).toBeLessThan(stopped.length + 350);
  });

  it("stays unknown where its host prints nothing", async () => {
    expect(await ready({ nodes })).toBe(stopped);
  });
});
