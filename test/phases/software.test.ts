import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hardware } from "../../src/facts/hardware.ts";
import { packaged as packagedSoftware } from "../../src/facts/packaged.ts";
import { links } from "../../src/facts/links.ts";
import { network } from "../../src/facts/network.ts";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { debian } from "../../src/os/debian.ts";
import { rhel } from "../../src/os/rhel.ts";
import { kubernetes } from "../../src/phases/kubernetes.ts";
import { packages } from "../../src/phases/packages.ts";
import { cniBinDir } from "../../src/phases/software.ts";
import { podNetwork } from "../../src/phases/pod-network.ts";
import type { Phase } from "../../src/phases/phase.ts";
import { programs, versionsOf } from "../../src/phases/software.ts";
import type { SoftwareComponent } from "../../src/releases/artifact.ts";
import { artifactsOf, OFFICIAL } from "../../src/releases/projects.ts";
import { cacheFolder } from "../../src/xdg.ts";
import { key } from "../../src/resources/resource.ts";
import { type ClusterOverrides, machineNamed, testCluster } from "../support/cluster.ts";
import { testContext } from "../support/context.ts";
import { temporaryFolder } from "../support/programs.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";
import { impatient } from "../support/working.ts";

/** A folder with these empty files. */
function folderOf(...names: string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
  return folder;
}

async function resourcesOf(phase: Phase, cluster: Cluster, name: string, os: Host["os"] = debian) {
  const machine = machineNamed(cluster, name);
  const facts = [
    [network, [{ interface: "eth0", address: machine.address, prefix: 24 }]],
    [links, new Map([["eth0", 1500]])],
  ] as const;
  const host = { ...scriptedHost({ machine, facts, answer: () => "" }), os };
  const resources = await phase.resources(host, testContext(cluster, [host]));
  const inspections = await Promise.all(resources.map((resource) => resource.inspect(host, impatient)));
  return {
    keys: resources.map(key),
    wanted: inspections.flatMap((each) =>
      each.changes(new Set()).flatMap(({ field, to }) => (field === "held" ? [] : [to])),
    ),
  };
}

describe("the packages of a host", () => {
  const of = async (name: string, overrides: ClusterOverrides = {}, os = debian) =>
    (await resourcesOf(packages, testCluster(overrides), name, os)).wanted;

  it("are the runtime, what the kubelet calls, Kubernetes itself and the CNI plugins; on a master etcd and the load balancer too", async () => {
    const worker = await of("w1");
    expect(worker).toEqual([
      ...debian.packages.containerd,
      ...["kubeadm=1.36.3-*", "kubelet=1.36.3-*", "kubectl=1.36.3-*"],
      ...debian.packages.node,
      "containernetworking-plugins",
    ]);
    const master = [...worker, "etcd-server", "etcd-client", "haproxy", "keepalived"];
    expect((await of("m1")).toSorted()).toEqual(master.toSorted());
  });

  it.each<[string, () => ClusterOverrides, string[]]>([
    [
      "haproxy, where the VIP leads to the API server itself",
      () => ({ loadBalancer: { haproxy: false } }),
      ["haproxy"],
    ],
    [
      "the CNI plugins, where the network is somebody else's",
      () => ({ network: { cni: "none" } }),
      ["containernetworking-plugins"],
    ],
    [
      "what a folder of programs has",
      () => ({ software: { binaries: folderOf("kubeadm", "kubelet", "kubectl", "etcd", "etcdctl", "cni/bridge") } }),
      [
        "containernetworking-plugins",
        "kubeadm=1.36.3-*",
        "kubelet=1.36.3-*",
        "kubectl=1.36.3-*",
        "etcd-server",
        "etcd-client",
      ],
    ],
  ])("leave out %s", async (_, overrides, absent) => {
    const all = await of("m1");
    expect(await of("m1", overrides())).toEqual(all.filter((name) => !absent.includes(name ?? "")));
  });

  it("of RHEL have no etcd", async () => {
    expect(await of("m1", {}, rhel)).not.toContain("etcd");
    expect(await of("w1", {}, rhel)).toContain("kubelet-1.36.3");
  });
});

describe("what comes from releases", () => {
  beforeEach(() => vi.stubEnv("XDG_CACHE_HOME", temporaryFolder()));
  afterEach(() => vi.unstubAllEnvs());

  /** The downloads of a component for a host; their checksums have been fetched before. */
  async function downloads(
    overrides: ClusterOverrides,
    component: SoftwareComponent,
    { architecture = "x86_64", packaged = [] as readonly string[] } = {},
  ) {
    const cluster = testCluster({ ...overrides, software: { from: "releases", ...overrides.software } });
    const machine = machineNamed(cluster, "m1");
    const versions = versionsOf(cluster);
    const sources = { ...OFFICIAL, ...cluster.software.mirrors };
    const { version: kubernetes } = cluster.kubernetes;
    const folder = join(cacheFolder(), "checksums");
    mkdirSync(folder, { recursive: true });
    for (const arch of ["amd64", "arm64"] as const)
      for (const { url } of artifactsOf(component, { kubernetes, versions, architecture: arch, sources }))
        writeFileSync(join(folder, encodeURIComponent(url)), "a".repeat(64));
    const host = scriptedHost({
      machine,
      facts: [
        [hardware, { cpus: 2, memory: 2 ** 32, architecture }],
        [packagedSoftware, new Set(packaged)],
      ],
    });
    const resources = await programs(host, testContext(cluster, [host]), component);
    const asked: string[] = [];
    const said = scriptedHost({
      machine,
      answer(script) {
        if (script.includes("--head")) asked.push(/https:\/\/[^/]+/.exec(script)?.[0] ?? "");
        return "no\n";
      },
    });
    const changes = await Promise.all(
      resources.map(async (each) => (await each.inspect(said, impatient)).changes(new Set())),
    );
    expect(new Set(asked).size, "each source is asked once").toBe(asked.length);
    return resources.map((each, index) => `${each.name} ${changes[index]?.[0]?.to?.split(" ")[0] ?? ""}`);
  }

  it("is what goes with this Kubernetes", async () => {
    expect(await downloads({}, "kubernetes")).toEqual([
      "kubeadm 1.36.3",
      "kubelet 1.36.3",
      "kubectl 1.36.3",
      "crictl 1.36.0",
    ]);
    expect(await downloads({}, "containerd")).toEqual(["containerd 2.3.4", "runc 1.4.3"]);
    expect(await downloads({}, "etcd")).toEqual(["etcd 3.6.14"]);
    expect(await downloads({ kubernetes: { version: "1.34.1" } }, "containerd")).toEqual([
      "containerd 1.7.34",
      "runc 1.3.6",
    ]);
  });

  it("is another version, where the inventory sets one", async () => {
    const versions = { etcd: "3.6.0", containerd: "2.2.7", runc: "1.4.0", cniPlugins: "1.8.0", crictl: "1.35.0" };
    const set = { software: { versions } };
    expect(await downloads(set, "etcd")).toEqual(["etcd 3.6.0"]);
    expect(await downloads(set, "containerd")).toEqual(["containerd 2.2.7", "runc 1.4.0"]);
    expect(await downloads(set, "cni")).toEqual(["cni-plugins 1.8.0"]);
    expect((await downloads(set, "kubernetes")).at(-1)).toBe("crictl 1.35.0");
  });

  it("is chosen component by component, and a folder is taken for what it contains", async () => {
    expect(await downloads({ software: { from: { etcd: "packages" } } }, "etcd")).toEqual([]);
    expect(await downloads({ software: { from: { etcd: "packages" } } }, "cni")).toEqual(["cni-plugins 1.9.1"]);
    const folder = { software: { binaries: folderOf("etcd", "etcdctl") } };
    expect(await downloads(folder, "etcd")).toEqual(
      ["/usr/local/bin ", "/usr/local/bin/etcd ", "/usr/local/bin/etcdctl "].map(
        (name) => expect.stringContaining(name.trim()) as string,
      ),
    );
    expect(await downloads(folder, "kubernetes")).toContain("kubelet 1.36.3");
  });

  it("does not replace what a package has installed before, unless the inventory wants that", async () => {
    const unset = { software: { from: undefined } };
    const packaged = ["containerd", "etcd"];
    expect(await downloads(unset, "containerd", { packaged })).toEqual([]);
    expect(await downloads(unset, "etcd", { packaged })).toEqual([]);
    expect(await downloads(unset, "cni", { packaged })).toEqual(["cni-plugins 1.9.1"]);
    expect(await downloads({}, "etcd", { packaged })).toEqual(["etcd 3.6.14"]);
  });

  it("does not exist for every processor, and the error names it", async () => {
    expect(await downloads({}, "etcd", { architecture: "aarch64" })).toEqual(["etcd 3.6.14"]);
    expect(await failure(downloads({}, "etcd", { architecture: "ppc64le" }))).toMatchObject({
      ...{ code: "E_PREFLIGHT", message: "there are no releases for its processor (ppc64le)" },
      details: { host: "m1" },
    });
  });
});

describe("Kubernetes' programs", () => {
  const of = (name: string, overrides: ClusterOverrides) => resourcesOf(kubernetes, testCluster(overrides), name);

  it("come from a folder with units of our own, or from packages with theirs", async () => {
    const programs = ["kubeadm", "kubelet", "kubectl", "crictl"];
    const { keys } = await of("w1", { software: { binaries: folderOf(...programs) } });
    expect(keys).toEqual(
      expect.arrayContaining([
        ...programs.map((program) => `binary:/usr/local/bin/${program}`),
        "file:/etc/systemd/system/kubelet.service",
        "file:/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
        "enabled:kubelet.service",
      ]),
    );
    const fromPackages = (await of("w1", {})).keys;
    expect(fromPackages.filter((each) => /^(binary|file):/.test(each))).toEqual([]);
    expect(fromPackages).toContain("enabled:kubelet.service");
  });

  it("that are not in the folder are named, all of them", async () => {
    const binaries = folderOf("kubelet");
    expect(await failure(of("w1", { software: { binaries } }))).toMatchObject({
      code: "E_LOCAL",
      message: `${binaries} does not contain kubeadm, kubectl`,
    });
  });

  it("include the images that a role needs: the control plane's go to masters only", async () => {
    const images = folderOf("kube-apiserver.tar", "kube-proxy.tar", "pause.tar", "notes.txt");
    const cluster = testCluster({ software: { images } });
    const names = async (name: string) => {
      const host = scriptedHost({ machine: machineNamed(cluster, name) });
      const resources = await kubernetes.resources(host, testContext(cluster, [host]));
      return resources.filter(({ kind }) => kind === "image").map((image) => image.name);
    };
    expect(await names("m2")).toEqual(["kube-apiserver", "kube-proxy", "pause"]);
    expect(await names("w1")).toEqual(["kube-proxy", "pause"]);
  });
});

describe("CNI plugins", () => {
  const uploads = () => ({
    binaries: folderOf("kubeadm", "cni/bridge", "cni/host-local", "cni/loopback", "cni/portmap"),
  });
  const found = async (overrides: ClusterOverrides, os: Host["os"] = debian) => {
    const cluster = testCluster(overrides);
    const { keys } = await resourcesOf(podNetwork, cluster, "w1", os);
    const host = { ...scriptedHost({ machine: machineNamed(cluster, "w1") }), os };
    return { keys: keys.filter((each) => each.includes("/opt/cni/bin/")), folder: cniBinDir(host, cluster) };
  };
  const paths = ["bridge", "host-local", "loopback", "portmap"].map((plugin) => `/opt/cni/bin/${plugin}`);

  it("are searched in the package's folder, where `bridge` calls no others", async () => {
    expect(await found({})).toEqual({ keys: [], folder: "/usr/lib/cni" });
    expect(await found({}, rhel)).toEqual({ keys: [], folder: "/usr/libexec/cni" });
  });

  it("are searched where they were uploaded to", async () => {
    const folder = "/opt/cni/bin";
    expect(await found({ software: uploads() })).toEqual({ keys: paths.map((path) => `binary:${path}`), folder });
  });

  it.each<[string, ClusterOverrides["network"]]>([
    ["flannel", { cni: "flannel" }],
    ["a manifest of the user's", { manifest: "/home/operator/cni.yaml" }],
  ])("of %s are searched where its pods install them, and the package's are found there too", async (_, network) => {
    const linked = { keys: paths.map((path) => `program-link:${path}`), folder: "/opt/cni/bin" };
    expect(await found({ network })).toEqual(linked);
    expect(await found({ network }, rhel)).toEqual(linked);
  });

  it("of Calico all come with its pods: no package of them, and nothing on hosts", async () => {
    const network = { cni: "calico" };
    expect(podNetwork.hosts({ ...testContext(testCluster({ network }), []) })).toEqual([]);
    expect(await found({ network })).toEqual({ keys: [], folder: "/opt/cni/bin" });
    expect((await resourcesOf(packages, testCluster({ network }), "w1")).wanted).not.toContain(
      "containernetworking-plugins",
    );
  });
});
