import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { initConfig, initFlags, joinConfig } from "../../src/config/kubeadm.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { Secret } from "../../src/secret.ts";
import { type ClusterOverrides, machineNamed, testCluster, testMachine } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";
import { KUBEADM_VERSIONS, kubeadmFiles, testCredentials } from "../support/kubeadm.ts";

type Fields = Record<string, Record<string, unknown> | undefined>;

/** The documents of `kubeadm init` on m1, by kind. */
function init(cluster: Cluster): Record<string, Fields> {
  const documents = parseAllDocuments(initConfig(cluster, machineNamed(cluster, "m1"), testCredentials).reveal());
  return Object.fromEntries(documents.map((document) => [String(document.get("kind")), document.toJS() as Fields]));
}

function join(cluster: Cluster, name: string): Fields {
  return parse(joinConfig(cluster, machineNamed(cluster, name), testCredentials).reveal()) as Fields;
}

describe("kubeadm", () => {
  it.each(KUBEADM_VERSIONS)(
    "%s gets the configuration of the first master, the other masters and the workers",
    (version) => {
      for (const [name, text] of kubeadmFiles(version)) expectGolden(`kubeadm/${version}/${name}`, text);
    },
  );

  it("gets its documents as a secret, because the token is in them", () => {
    const cluster = testCluster();
    expect(String(initConfig(cluster, machineNamed(cluster, "m1"), testCredentials))).toBe("***");
    expect(String(joinConfig(cluster, machineNamed(cluster, "w1"), testCredentials))).toBe("***");
  });

  it.each([
    ["1.20.2", "v1beta2"],
    ["1.21.14", "v1beta2"],
    ["1.22.0", "v1beta3"],
    ["1.30.14", "v1beta3"],
    ["1.31.0", "v1beta4"],
  ])("%s uses %s", (version, api) => {
    const documents = init(testCluster({ kubernetes: { version } }));
    expect(documents.ClusterConfiguration?.apiVersion).toBe(`kubeadm.k8s.io/${api}`);
    expect(documents.InitConfiguration?.apiVersion).toBe(`kubeadm.k8s.io/${api}`);
  });

  it("starts a kubelet with its own host's name servers, where hosts have different ones", () => {
    const cluster = testCluster();
    const resolvConf = "/etc/resolv.conf";
    const text = [
      initConfig(cluster, machineNamed(cluster, "m1"), testCredentials, { resolvConf }),
      joinConfig(cluster, machineNamed(cluster, "w1"), testCredentials, { resolvConf }),
    ].map((secret) => secret.reveal());
    for (const document of text) expect(document).toContain("- name: resolv-conf\n    value: /etc/resolv.conf\n");
  });

  it("never joins anybody who has not checked the cluster's certificate", () => {
    const { discovery } = join(testCluster(), "w1");
    expect(discovery).toEqual({
      bootstrapToken: {
        token: testCredentials.token.reveal(),
        apiServerEndpoint: "10.0.0.10:8443",
        caCertHashes: [testCredentials.caCertHash],
      },
    });
  });

  it("hands a token on as text, even one that looks like a number", () => {
    const cluster = testCluster();
    const token = new Secret("012345.0123456789012345");
    expect(initConfig(cluster, machineNamed(cluster, "m1"), { token }).reveal()).toContain(
      'token: "012345.0123456789012345"',
    );
  });
});

describe("An API server", () => {
  it.each(["1.20.2", "1.36.3"])(
    "of %s talks to the etcd member beside it, while kubeadm checks all three",
    (version) => {
      const { apiServer, etcd } = init(testCluster({ kubernetes: { version } })).ClusterConfiguration ?? {};
      expect(JSON.stringify(apiServer?.extraArgs)).toMatch(/etcd-servers.*https:\/\/127\.0\.0\.1:2379/);
      expect((etcd?.external as Fields).endpoints).toEqual([
        "https://10.0.0.11:2379",
        "https://10.0.0.12:2379",
        "https://10.0.0.13:2379",
      ]);
    },
  );

  it("answers under the virtual IP, every master's name and address, and what the inventory adds", () => {
    const cluster = testCluster({ kubernetes: { certSans: ["k8s.example.org", "m1"] } });
    expect(init(cluster).ClusterConfiguration?.apiServer?.certSANs).toEqual(
      "10.0.0.10 m1 10.0.0.11 m2 10.0.0.12 m3 10.0.0.13 localhost 127.0.0.1 k8s.example.org".split(" "),
    );
  });

  it("is set to keep its endpoints by lease where that is still a choice", () => {
    const extraArgs = (version: string) =>
      JSON.stringify(init(testCluster({ kubernetes: { version } })).ClusterConfiguration?.apiServer?.extraArgs);
    expect(extraArgs("1.20.2")).toContain('"endpoint-reconciler-type":"lease"');
    expect(extraArgs("1.24.0")).not.toContain("endpoint-reconciler-type");
  });
});

describe("A node", () => {
  it("of the pod network `bridge` gets its addresses from Tripod; any other network's from Kubernetes", () => {
    const args = (overrides: ClusterOverrides) => init(testCluster(overrides)).ClusterConfiguration?.controllerManager;
    expect(args({})).toEqual({ extraArgs: [{ name: "allocate-node-cidrs", value: "false" }] });
    expect(args({ network: { cni: "none" } })).toBeUndefined();
    expect(args({ network: { manifest: "/home/operator/flannel.yaml" } })).toBeUndefined();
  });

  it("that is a master takes no ordinary pods unless the inventory asks for it", () => {
    const taints = (kubernetes: ClusterOverrides["kubernetes"]) =>
      init(testCluster({ kubernetes })).InitConfiguration?.nodeRegistration?.taints;
    expect(taints({}), "kubeadm's own taint").toBeUndefined();
    expect(taints({ mastersSchedulable: true }), "none at all").toEqual([]);
  });

  it.each([
    ["1.20.2", ["node-role.kubernetes.io/master"]],
    ["1.24.0", ["node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"]],
    ["1.25.0", ["node-role.kubernetes.io/control-plane"]],
  ])("that is a master of %s with its own taints has kubeadm's too", (version, keys) => {
    const taint = { key: "example.org/quiet", effect: "NoExecute" } as const;
    const masters = [testMachine("m1", "10.0.0.11", "master", { taints: [taint] })];
    expect(init(testCluster({ masters, kubernetes: { version } })).InitConfiguration?.nodeRegistration?.taints).toEqual(
      [...keys.map((key) => ({ key, effect: "NoSchedule" })), taint],
    );
  });

  it("whose inventory names kubeadm's own taint has it once, as in the inventory", () => {
    const own = { key: "node-role.kubernetes.io/control-plane", value: "yes", effect: "NoSchedule" } as const;
    const masters = [testMachine("m1", "10.0.0.11", "master", { taints: [own] })];
    expect(init(testCluster({ masters })).InitConfiguration?.nodeRegistration?.taints).toEqual([own]);
    expect(
      init(testCluster({ masters, kubernetes: { mastersSchedulable: true } })).InitConfiguration?.nodeRegistration
        ?.taints,
    ).toEqual([own]);
  });

  it("that is a worker has its taints from its first moment", () => {
    const taints = [{ key: "gpu", value: "true", effect: "NoSchedule" }] as const;
    const cluster = testCluster({ workers: [testMachine("w1", "10.0.0.21", "worker", { taints })] });
    expect(join(cluster, "w1").nodeRegistration?.taints).toEqual(taints);
  });

  it("finds containerd by a path in old versions, by a URL in new ones", () => {
    const socket = (version: string) =>
      join(testCluster({ kubernetes: { version } }), "w1").nodeRegistration?.criSocket;
    expect(socket("1.23.17")).toBe("/run/containerd/containerd.sock");
    expect(socket("1.24.0")).toBe("unix:///run/containerd/containerd.sock");
  });
});

describe("The inventory's settings of the kubelet and kube-proxy", () => {
  it("are merged into ours, objects key by key and lists as a whole", () => {
    const documents = init(
      testCluster({
        kubernetes: {
          kubelet: { maxPods: 50, evictionHard: { "memory.available": "5%" } },
          kubeProxy: { conntrack: { maxPerCore: 0, min: 0 } },
        },
      }),
    );
    expect(documents.KubeletConfiguration).toMatchObject({
      maxPods: 50,
      evictionHard: { "memory.available": "5%" },
      cgroupDriver: "systemd",
    });
    expect(documents.KubeProxyConfiguration).toMatchObject({
      mode: "iptables",
      clusterCIDR: "10.244.0.0/16",
      conntrack: { maxPerCore: 0, min: 0 },
    });
  });
});

describe("A phase of kubeadm that is left out", () => {
  it("is a flag where its documents have no field for it, a field everywhere else", () => {
    const skipping = (version: string) => testCluster({ kubernetes: { version, skipPhases: ["addon/coredns"] } });
    expect(initFlags(skipping("1.21.14"))).toEqual(["--skip-phases=addon/coredns"]);
    expect(init(skipping("1.21.14")).InitConfiguration).not.toHaveProperty("skipPhases");
    expect(initFlags(skipping("1.22.0"))).toEqual([]);
    expect(init(skipping("1.22.0")).InitConfiguration?.skipPhases).toEqual(["addon/coredns"]);
    expect(initFlags(testCluster({ kubernetes: { version: "1.21.14" } }))).toEqual([]);
  });
});
