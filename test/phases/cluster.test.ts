import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { links } from "../../src/facts/links.ts";
import { network } from "../../src/facts/network.ts";
import { resolver } from "../../src/facts/resolver.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { loadBalancer } from "../../src/phases/load-balancer.ts";
import { networkManifest } from "../../src/phases/network-manifest.ts";
import { nodes } from "../../src/phases/nodes.ts";
import { podNetwork } from "../../src/phases/pod-network.ts";
import { verify } from "../../src/phases/verify.ts";
import { type ClusterOverrides, machineNamed, testCluster, testMachine } from "../support/cluster.ts";
import { situation, testContext } from "../support/context.ts";
import { temporaryFolder } from "../support/programs.ts";
import { scriptedHost, type ScriptedHostOptions } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";
import { impatient } from "../support/working.ts";

const on = (cluster: Cluster, name: string, more: ScriptedHostOptions = {}) =>
  scriptedHost({
    machine: machineNamed(cluster, name),
    answer: () => "",
    facts: [[resolver, { file: "/etc/resolv.conf" }]],
    ...more,
  });

describe("the load balancer", () => {
  const addresses = [
    { interface: "eth0", address: "192.168.1.11", prefix: 24 },
    { interface: "eth1", address: "10.0.0.11", prefix: 24 },
  ];
  const configOf = async (overrides: ClusterOverrides, found = addresses) => {
    const cluster = testCluster(overrides);
    const host = on(cluster, "m1", { facts: [[network, found]] });
    const resources = await loadBalancer.resources(host, testContext(cluster, [host]));
    const config = resources.find(({ name }) => name === "/etc/keepalived/keepalived.conf");
    const inspection = await config?.inspect(host, impatient);
    return {
      kinds: resources.map(({ kind, name }) => `${kind}:${name}`),
      text: inspection?.changes(new Set())[0]?.diff,
    };
  };

  it("carries the VIP on the interface that has the master's own address", async () => {
    expect((await configOf({})).text).toContain("interface eth1");
  });

  it("carries it on the interface that the inventory names", async () => {
    const { text } = await configOf({ loadBalancer: { interface: "bond0" } });
    expect(text).toContain("10.0.0.10/32 dev bond0");
    expect(text).toContain("interface eth1");
  });

  it("cannot carry it where no interface has the master's address", async () => {
    expect(await failure(configOf({}, []))).toMatchObject({
      code: "E_PREFLIGHT",
      message: "no interface has the address 10.0.0.11",
      details: { host: "m1", origin: { line: 11 }, hint: expect.stringContaining("`address`") as string },
    });
  });

  it("has no haproxy where the inventory turns it off", async () => {
    const { kinds } = await configOf({ loadBalancer: { haproxy: false } });
    expect(kinds.filter((each) => each.includes("haproxy"))).toEqual([]);
    expect(kinds).toContain("service:keepalived.service");
  });

  it("is awaited once: one master asks who holds the VIP", async () => {
    const cluster = testCluster();
    const hosts = cluster.masters.map(({ name }) => on(cluster, name));
    const conditions = hosts.map(async (host) => loadBalancer.until?.(host, testContext(cluster, hosts)));
    expect((await Promise.all(conditions)).map((each) => each?.length)).toEqual([1, 0, 0]);
  });
});

describe("nodes", () => {
  const cluster = testCluster({ kubernetes: { mastersSchedulable: true } });
  const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
  const answer = () =>
    JSON.stringify({ items: ["m1", "w1"].map((name) => ({ metadata: { name }, spec: { taints } })) });
  const changes = async (of: Cluster, name: string) => {
    const hosts = ["m1", "w1"].map((each) => on(of, each, { answer }));
    const host = hosts.find((each) => each.name === name) ?? expect.unreachable();
    const [node] = await nodes.resources(host, testContext(of, hosts));
    return (await node?.inspect(host, impatient))?.changes(new Set());
  };

  it("that are masters lose kubeadm's taint only where the inventory makes them schedulable", async () => {
    expect(await changes(cluster, "m1")).toMatchObject([{ field: "taint", to: "absent" }]);
    expect(await changes(testCluster(), "m1")).toEqual([]);
  });

  it("that are open masters keep kubeadm's taint where the inventory names it: nothing is added and removed at once", async () => {
    const own = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] as const;
    const masters = [testMachine("m1", "10.0.0.11", "master", { taints: own })];
    expect(await changes(testCluster({ masters, kubernetes: { mastersSchedulable: true } }), "m1")).toEqual([]);
    expect(await changes(testCluster({ masters }), "m1")).toEqual([]);
  });

  it("that are workers keep such a taint: it was set on purpose", async () => {
    expect(await changes(cluster, "w1")).toEqual([]);
  });
});

describe("the final check", () => {
  const due = async (cluster: Cluster, changed: number, result = "") => {
    const record = `{"items":[{"kind":"ConfigMap","metadata":{"namespace":"kube-system"},"data":{"result":"${result}"}}]}`;
    const answer = (script: string) =>
      script.includes("get nodes") ? '{"items":[]}' : script.includes("get configmaps") ? record : "";
    const host = on(cluster, "m1", { answer });
    const context = { ...testContext(cluster, [host]), changes: () => changed };
    const resources = await verify.resources(host, context);
    const inspections = await Promise.all(resources.map((resource) => resource.inspect(host, impatient)));
    return inspections.flatMap((inspection) => inspection.changes(new Set()).map(({ to }) => to));
  };
  const all = ["a pod on every node, reached from every host"];

  test.each<[string, ClusterOverrides, number, string, string[]]>([
    ["a pod on every node after a change", {}, 1, "reached", all],
    ["the same where there are no workers", { workers: [] }, 1, "reached", all],
    ["the same without a change, where it failed the last time", {}, 0, "failed", all],
    ["the same where nobody knows whether it was ever tried", {}, 0, "", all],
    ["nothing where nothing was changed since it was reached", {}, 0, "reached", []],
    ["nothing where there is no pod network", { network: { cni: "none" } }, 1, "", []],
  ])("%s", async (_, overrides, changed, recorded, expected) => {
    expect(await due(testCluster(overrides), changed, recorded)).toEqual(expected);
  });
});

describe("a pod network's manifest", () => {
  const resources = async (manifest: string) => {
    const cluster = testCluster({ network: { manifest } });
    const host = on(cluster, "m1", { answer: () => ({ code: 9, stderr: "no cluster here yet" }) });
    return networkManifest.resources(host, testContext(cluster, [host]));
  };

  it("is applied from a file", async () => {
    const file = join(temporaryFolder(), "flannel.yaml");
    writeFileSync(file, "kind: DaemonSet\nmetadata: {name: flannel}\n");
    expect(await resources(file)).toMatchObject([{ kind: "manifest", name: file }]);
  });

  it("that cannot be read is named", async () => {
    expect(await failure(resources("/nowhere/flannel.yaml"))).toMatchObject({
      code: "E_LOCAL",
      message: "cannot read the manifest /nowhere/flannel.yaml",
      details: { why: expect.stringContaining("ENOENT") as string },
    });
  });

  it("is not used where the pod network is `bridge`", () => {
    expect(networkManifest.hosts(situation(testCluster()))).toEqual([]);
  });
});

describe("the pod network `bridge`", () => {
  it("keeps on every host the addresses that its pods have", async () => {
    const cluster = testCluster();
    const hosts = cluster.machines.map(({ name, address }) =>
      on(cluster, name, {
        answer: () => (name === "w1" ? '{"subnet": "10.244.200.0/24"}' : { code: 1 }),
        facts: [
          [network, [{ interface: "eth0", address, prefix: 24 }]],
          [links, new Map([["eth0", 1450]])],
        ],
      }),
    );
    const [host] = hosts;
    const all = host ? await podNetwork.resources(host, testContext(cluster, hosts)) : [];
    const script = all.find(({ name }) => name.endsWith("pod-routes.sh"));
    const text = (await script?.inspect(on(cluster, "m1"), impatient))?.changes(new Set())[0]?.diff ?? "";
    expect(text).toMatch(/10\.244\.200\.0\/24 via 10\.0\.0\.21\b/);
    expect(text).toMatch(/10\.244\.22\.0\/24 via 10\.0\.0\.22\b/);
    const conflist = all.find(({ name }) => name.endsWith(".conflist"));
    const [change] = (await conflist?.inspect(on(cluster, "m1"), impatient))?.changes(new Set()) ?? [];
    expect(change?.diff).toContain('"mtu": 1450');
  });

  it("is not installed where the inventory has another", () => {
    expect(podNetwork.hosts(situation(testCluster({ network: { cni: "none" } })))).toEqual([]);
  });
});
