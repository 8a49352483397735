import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { LIST } from "../../src/bundle/content.ts";
import { makeBundle } from "../../src/bundling/make.ts";
import { withBundle } from "../../src/bundling/use.ts";
import { hardware } from "../../src/facts/hardware.ts";
import { packaged } from "../../src/facts/packaged.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { softwareAvailable } from "../../src/phases/preflight/software.ts";
import { bootstrap, modestCluster } from "../support/bootstrap.ts";
import { bundleSource } from "../support/bundle-source.ts";
import { type ClusterOverrides, machineNamed, testCluster } from "../support/cluster.ts";
import { recording } from "../support/connections.ts";
import { testContext } from "../support/context.ts";
import { noMachine, over } from "../support/machine.ts";
import { because, temporaryFolder } from "../support/programs.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";
import { throwAwayCluster } from "../support/throw-away-cluster.ts";
import { changesIn } from "../support/walk.ts";

const { signal } = new AbortController();
const using = { signal, progress: () => undefined };
const RELEASES = { software: { from: "releases" } } as const;

let original = Buffer.alloc(0);
let file: string;
let cache: string;

beforeEach(async () => {
  cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  file = join(temporaryFolder(), "bundle.tar");
  // Made once: its source is gone when the first test is over, as in a place without a network.
  if (original.length > 0) {
    writeFileSync(file, original);
    return;
  }
  const { overrides } = await bundleSource();
  await makeBundle(testCluster(overrides), { output: file, architectures: ["amd64"], ...using });
  original = readFileSync(file);
});
afterEach(() => vi.unstubAllEnvs());

/** The bundle with other content. */
function repacked(edit: (folder: string) => void): void {
  const folder = temporaryFolder();
  execFileSync("tar", ["-xf", file, "-C", folder]);
  edit(folder);
  execFileSync("tar", ["-cf", file, "-C", folder, ...readdirSync(folder)]);
}

describe("a bundle that is not as it was made is refused, and nothing of it is used:", () => {
  const KUBELET = "downloads/dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet";
  it.each<[string, () => void, RegExp]>([
    ["cut off", () => truncateSync(file, original.length / 2), /Unexpected EOF/],
    [
      "with another program",
      () => repacked((at) => writeFileSync(join(at, KUBELET), "#!/bin/sh\necho kubelex\n")),
      /kubelet does not match its digest/,
    ],
    ["with a shorter one", () => repacked((at) => writeFileSync(join(at, KUBELET), "")), /kubelet has 0 bytes/],
    ["with one file more", () => repacked((at) => writeFileSync(join(at, "other"), "")), /other is not in its list/],
    [
      "with a link for a folder",
      () => repacked((at) => symlinkSync("/etc", join(at, "more"))),
      /more is not in its list/,
    ],
    [
      "with a list that leads elsewhere",
      () => repacked((at) => edited(at, '"path": "images', '"path": "../images')),
      /is not a path in a bundle/,
    ],
    [
      "of another format",
      () => repacked((at) => edited(at, '"format": 1', '"format": 2')),
      /format 2; this Tripod reads format 1/,
    ],
    ["with no list", () => repacked((at) => execFileSync("rm", [join(at, LIST)])), /contains no bundle.json/],
    ["that is something else", () => writeFileSync(file, "an inventory"), /not look like a tar archive/],
  ])("%s", async (_, damage, why) => {
    damage();
    const error = await failure(withBundle(testCluster(RELEASES), file, using));
    expect(error).toMatchObject({ code: "E_REFUSED" });
    expect(error.details.why).toMatch(why);
    expect(readdirSync(join(cache, "tripod/bundles"))).toEqual([]);
  });

  function edited(folder: string, from: string, to: string): void {
    const list = join(folder, LIST);
    writeFileSync(list, readFileSync(list, "utf8").replace(from, to));
  }
});

test("a bundle that is not there is a mistake of the command line", async () => {
  expect(await failure(withBundle(testCluster(), "/nowhere/bundle.tar", using))).toMatchObject({ code: "E_USAGE" });
});

describe("a bundle for another inventory is refused with all that differs, before any host is contacted:", () => {
  it.each<[string, () => ClusterOverrides, RegExp]>([
    [
      "another Kubernetes",
      () => ({ kubernetes: { version: "1.36.2" } }),
      /bundle has Kubernetes 1\.36\.3, the inventory 1\.36\.2/,
    ],
    ["another pod network", () => ({ network: { cni: "flannel" } }), /pod network bridge, the inventory flannel/],
    [
      "another etcd",
      () => ({ software: { ...RELEASES.software, versions: { etcd: "3.6.12" } } }),
      /etcd-v3\.6\.12-linux-amd64/,
    ],
    [
      "images from elsewhere",
      () => ({ kubernetes: { imageRepository: "registry.example" } }),
      /registry\.example\/kube-proxy:v1\.36\.3 for amd64/,
    ],
  ])("%s", async (_, given, why) => {
    const error = await failure(withBundle(testCluster({ ...RELEASES, ...given() }), file, using));
    expect(error).toMatchObject({
      code: "E_USAGE",
      details: { hint: expect.stringContaining("tripod bundle -i") as string },
    });
    expect(error.details.why).toMatch(why);
  });
});

test("a bundle is verified and unpacked once", async () => {
  const said: string[] = [];
  const progress = (text: string) => void said.push(text);
  await withBundle(testCluster(RELEASES), file, { signal, progress });
  await withBundle(testCluster(RELEASES), file, { signal, progress });
  expect(said).toEqual(["reading bundle.tar", "verifying the 15 files of bundle.tar", "reading bundle.tar"]);
});

test("a host whose processor a bundle does not have is refused by preflight, also where its programs are packages", async () => {
  const cluster = await withBundle(testCluster(), file, using);
  const facts = [
    [hardware, { cpus: 2, memory: 2 ** 32, architecture: "aarch64" }],
    [packaged, new Set()],
  ] as const;
  const host = scriptedHost({ machine: machineNamed(cluster, "w1"), facts });
  const context = testContext(cluster, [host]);
  const error = await failure(Promise.resolve().then(() => softwareAvailable.examine(host, context)));
  expect(error).toMatchObject({
    ...{ code: "E_PREFLIGHT", message: "bundle.tar has nothing for its processor (arm64)" },
    details: { host: "w1", hint: expect.stringContaining("--arch amd64,arm64") as string },
  });
});

describe.skipIf(noMachine)(`five machines without a network${because(noMachine)}`, () => {
  it("become a cluster by a bundle: no host is asked to fetch anything, and images are there before kubeadm runs", async () => {
    const cluster: Cluster = await withBundle(modestCluster(RELEASES), file, using);
    await using machines = await throwAwayCluster(cluster);
    const wires = machines.hosts.map(({ connection }) => recording(connection));
    const hosts = machines.hosts.map((host, index) => over(host, wires[index] ?? host.connection));
    const planned = changesIn(await bootstrap(cluster, hosts, "plan")).map(({ to }) => to);
    expect(planned).toContain("3.6.14 (uploaded from the bundle)");
    expect((await bootstrap(cluster, hosts)).at(-1)).toMatchObject({ type: "run.end", outcome: "ok" });
    const scripts = wires.map((wire) => wire.scripts.join("\n"));
    expect(scripts.filter((each) => /--continue-at|--head|dl\.k8s\.io\/|github\.com\//.test(each))).toEqual([]);
    const before = (scripts[0] ?? "").split("kubeadm init")[0] ?? "";
    expect(before.match(/images import/g)).toHaveLength(7);
    expect(machines.machine("w1").read("/fakes/images").split("\n").filter(Boolean).toSorted()).toEqual([
      "registry.k8s.io/coredns/coredns:v1.14.2",
      "registry.k8s.io/e2e-test-images/agnhost:2.53",
      "registry.k8s.io/kube-proxy:v1.36.3",
      "registry.k8s.io/pause:3.10.2",
    ]);
    expect(machines.machine("m1").read("/usr/local/bin/etcd")).toContain("echo etcd");
    expect(changesIn(await bootstrap(cluster, hosts))).toEqual([]);
  }, 120_000);
});
