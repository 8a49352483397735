import { describe, expect, test } from "vitest";
import { machineMismatches } from "../../src/existing/machine-mismatches.ts";
import { settingsMismatches } from "../../src/existing/mismatches.ts";
import { noticesOf } from "../../src/existing/notices.ts";
import type { Settings } from "../../src/existing/settings.ts";
import { noExistingState, type ExistingState } from "../../src/existing/existing.ts";
import { type ClusterOverrides, testCluster, testMachine } from "../support/cluster.ts";

const SETTINGS: Settings = {
  clusterName: "prod",
  version: "1.36.3",
  endpoint: "10.0.0.10:8443",
  imageRepository: "registry.k8s.io",
  podSubnet: "10.244.0.0/16",
  serviceSubnet: "10.96.0.0/12",
  dnsDomain: "cluster.local",
  bridge: true,
  addons: ["addon/coredns", "addon/kube-proxy"],
};
const cluster = testCluster();

/** An existing cluster that matches the inventory, except for what a test changes. */
function existingState(existing: Partial<ExistingState> = {}): ExistingState {
  const node = (name: string, address: string) =>
    [name, { metadata: { name }, spec: {}, status: { addresses: [{ type: "InternalIP", address }] } }] as const;
  return {
    ...noExistingState(cluster),
    clusterExists: true,
    settings: SETTINGS,
    nodes: new Map(cluster.machines.map(({ name, address }) => node(name, address))),
    members: cluster.masters.map(({ name, address }) => ({
      name,
      peerUrls: [`https://${address}:2380`],
      clientUrls: [`https://${address}:2379`],
    })),
    machineStates: new Map(
      cluster.machines.map(({ name }) => [
        name,
        { node: name, servers: [{ file: "/etc/kubernetes/kubelet.conf", url: "https://10.0.0.10:8443" }] },
      ]),
    ),
    ...existing,
  };
}

test("another pod network than the one whose pods run is refused; a manifest and `none` are the user's own", () => {
  const existing = existingState({ settings: { ...SETTINGS, bridge: false, cni: "flannel" } });
  const found = (network: ClusterOverrides["network"]) =>
    settingsMismatches(testCluster({ network }), existing).map(({ message, hint }) => [message, hint]);
  const refused = [
    ["the pod network is fixed when a cluster is created: it is `flannel`", "set `network: {cni: flannel}`"],
  ];
  expect(found({ cni: "calico" })).toEqual(refused);
  expect(found({ cni: "bridge" })).toEqual(refused);
  expect(found({ cni: "flannel" })).toEqual([]);
  expect(found({ cni: "none" })).toEqual([]);
  expect(found({ manifest: "/home/operator/flannel.yaml" })).toEqual([]);
});

const without = (key: keyof Settings) =>
  Object.fromEntries(Object.entries(SETTINGS).filter(([name]) => name !== key)) as unknown as Settings;

describe("of an existing cluster", () => {
  test.each<[string, ClusterOverrides, string]>([
    [
      "another version",
      { kubernetes: { version: "1.36.4" } },
      "the cluster runs Kubernetes 1.36.3, the inventory sets 1.36.4",
    ],
    [
      "another VIP",
      { loadBalancer: { vip: "10.0.0.99" } },
      "the endpoint of a cluster cannot be changed yet: it is 10.0.0.10:8443",
    ],
    [
      "no haproxy",
      { loadBalancer: { haproxy: false } },
      "the endpoint of a cluster cannot be changed yet: it is 10.0.0.10:8443",
    ],
    [
      "another name",
      { name: "test" },
      "`name` is fixed when a cluster is created: it is prod, the inventory sets test",
    ],
    ["other pods", { kubernetes: { podSubnet: "10.245.0.0/16" } }, "`kubernetes.podSubnet` is fixed"],
    ["other services", { kubernetes: { serviceSubnet: "10.112.0.0/12" } }, "`kubernetes.serviceSubnet` is fixed"],
    ["another domain", { kubernetes: { dnsDomain: "example.org" } }, "`kubernetes.dnsDomain` is fixed"],
    ["other images", { kubernetes: { imageRepository: "registry.example" } }, "`kubernetes.imageRepository` is fixed"],
    [
      "another pod network",
      { network: { cni: "none" } },
      "the pod network is fixed when a cluster is created: it is `bridge`",
    ],
  ])("%s is refused with what exists and what the inventory has", (_, overrides, message) => {
    const found = settingsMismatches(testCluster(overrides), existingState());
    expect(found).toEqual([expect.objectContaining({ message: expect.stringContaining(message) as string })]);
    expect(JSON.stringify(found)).not.toMatch(/reset|empty/);
  });

  test("an addon that was never installed is not silently left out", () => {
    expect(
      settingsMismatches(cluster, existingState({ settings: { ...SETTINGS, addons: ["addon/kube-proxy"] } })),
    ).toEqual([
      expect.objectContaining({
        message: "`kubernetes.skipPhases` does not contain addon/coredns, but the cluster does not have this addon",
      }),
    ]);
  });

  test("a creation that did not reach its addons is finished, not refused", () => {
    const nodes = new Map([...existingState().nodes].slice(0, 1));
    expect(settingsMismatches(cluster, existingState({ nodes, settings: { ...SETTINGS, addons: [] } }))).toEqual([]);
  });

  test("an inventory that matches the existing cluster is accepted, with older kubeadm formats too", () => {
    expect(settingsMismatches(cluster, existingState())).toEqual([]);
    expect(
      settingsMismatches(cluster, existingState({ settings: { ...SETTINGS, imageRepository: "k8s.gcr.io" } })),
    ).toEqual([]);
    expect(settingsMismatches(cluster, existingState({ settings: without("dnsDomain") }))).toEqual([]);
    expect(machineMismatches(cluster, existingState())).toEqual([]);
  });

  test("the version is known from the masters' own files where no API server answers", () => {
    const machineStates = new Map([["m2", { servers: [], apiServer: { version: "1.35.0" } }]]);
    expect(settingsMismatches(cluster, existingState({ settings: undefined, machineStates }))).toEqual([
      expect.objectContaining({ message: "the cluster runs Kubernetes 1.35.0, the inventory sets 1.36.3" }),
    ]);
  });

  test("a changed VIP is reported as such, not as another cluster, even where no API server answers", () => {
    const moved = testCluster({ loadBalancer: { vip: "10.0.0.99" } });
    expect(machineMismatches(moved, existingState({ settings: undefined }))).toEqual([]);
    expect(settingsMismatches(moved, existingState({ settings: undefined }))).toHaveLength(1);
  });
});

describe("a machine", () => {
  test("that is another node is not renamed", () => {
    const renamed = testCluster({
      workers: [testMachine("w9", "10.0.0.21", "worker"), testMachine("w2", "10.0.0.22", "worker")],
    });
    const machineStates = new Map([["w9", { node: "w1", servers: [] }]]);
    expect(machineMismatches(renamed, existingState({ machineStates }))).toMatchObject([
      { machine: "w9", message: "this machine is already the node w1" },
    ]);
    const nodes = new Map([...existingState().nodes].filter(([name]) => name !== "w1"));
    expect(machineMismatches(renamed, existingState({ machineStates, nodes }))).toEqual([]);
  });

  test("with another address is reported with everything that is stale", () => {
    const moved = testCluster({
      masters: [1, 2, 3].map((n) => testMachine(`m${n}`, n === 2 ? "10.0.0.32" : `10.0.0.1${n}`, "master")),
    });
    const machineStates = new Map([["m2", { servers: [], apiServer: { advertiseAddress: "10.0.0.12" } }]]);
    expect(machineMismatches(moved, existingState({ machineStates }))).toMatchObject([
      {
        machine: "m2",
        message: "its address is 10.0.0.32 in the inventory, but the cluster has another address for m2",
        why: "node address: 10.0.0.12\netcd peer URL: https://10.0.0.12:2380\nadvertised by its API server: 10.0.0.12",
      },
    ]);
  });

  test("of another cluster is recognized by its kubelet's API server", () => {
    const machineStates = new Map([
      ["w1", { servers: [{ file: "/etc/kubernetes/kubelet.conf", url: "https://192.168.7.7:6443" }] }],
    ]);
    expect(machineMismatches(cluster, existingState({ machineStates }))).toMatchObject([
      {
        machine: "w1",
        message:
          "it belongs to another cluster: the server in /etc/kubernetes/kubelet.conf is https://192.168.7.7:6443",
        hint: expect.stringContaining("kubeadm reset") as string,
      },
    ]);
  });

  test("whose kubelet connects to one of the masters belongs to this cluster", () => {
    const machineStates = new Map([
      ["w1", { servers: [{ file: "/etc/kubernetes/kubelet.conf", url: "https://10.0.0.12:6443" }] }],
    ]);
    expect(machineMismatches(cluster, existingState({ machineStates }))).toEqual([]);
  });
});

describe("masters", () => {
  const five = [1, 2, 3, 4, 5].map((n) => testMachine(`m${n}`, `10.0.0.1${n}`, "master"));

  test("are not added before that is implemented completely", () => {
    expect(machineMismatches(testCluster({ masters: five }), existingState())).toMatchObject([
      { message: "masters cannot be added to a cluster yet: m4 and m5 are not in its etcd" },
    ]);
  });

  test("are not removed while they could hold the VIP", () => {
    const members = five.map(({ name, address }) => ({
      name,
      peerUrls: [`https://${address}:2380`],
      clientUrls: ["x"],
    }));
    expect(machineMismatches(cluster, existingState({ members }))).toMatchObject([
      { message: "masters cannot be removed from a cluster yet: m4 and m5 are in its etcd and not in the inventory" },
    ]);
  });

  test("that were replaced by hand are members before they have started", () => {
    const members = existingState().members.map((member, index) =>
      index === 0 ? { ...member, name: "", clientUrls: [] } : member,
    );
    expect(machineMismatches(cluster, existingState({ members }))).toEqual([]);
  });
});

test("a machine that is not connected is reported", () => {
  expect(noticesOf(cluster, existingState({ notConnected: cluster.workers.slice(0, 1) }))).toEqual([
    "w1 is in the inventory and not connected: it is left as it is",
  ]);
});

test("a node that the inventory does not name is reported", () => {
  const unknownNodes = [{ name: "w3", address: "10.0.0.23" }];
  expect(noticesOf(cluster, existingState({ unknownNodes }))).toEqual([
    "w3 (10.0.0.23) is a node and not in the inventory: it is left as it is, and so are the routes to its pods",
  ]);
});
