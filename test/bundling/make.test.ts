import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listBundle } from "../../src/bundle/open.ts";
import { makeBundle, type MakeOptions } from "../../src/bundling/make.ts";
import { imagesOfManifest } from "../../src/bundling/needs.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { bundleSource } from "../support/bundle-source.ts";
import { testCluster } from "../support/cluster.ts";
import { temporaryFolder } from "../support/programs.ts";
import { failure } from "../support/sshd.ts";

let cache: string;
let output: string;
beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  output = join(temporaryFolder(), "bundle.tar");
});
afterEach(() => vi.unstubAllEnvs());

const { signal } = new AbortController();

function make(cluster: Cluster, given: Partial<MakeOptions> = {}) {
  return makeBundle(cluster, { output, architectures: ["amd64"], signal, progress: () => undefined, ...given });
}

/** What is left in the folder of the bundle, and of its preparation. */
const left = () => [...readdirSync(join(output, "..")), ...readdirSync(join(cache, "tripod/bundles"))];

describe("a bundle", () => {
  it("has the programs, the images of kubeadm, the drill and the pod network, and its manifest; each with where it came from", async () => {
    const source = await bundleSource();
    const cluster = testCluster({ ...source.overrides, network: { manifest: source.manifest } });
    const { content } = await make(cluster);
    expect(content).toMatchObject({ format: 1, kubernetes: "1.36.3", architectures: ["amd64"], network: "manifest" });
    expect(content.entries.map(({ path }) => path)).toEqual([
      "downloads/dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubeadm",
      "downloads/dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubectl",
      "downloads/dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet",
      "downloads/github.com/containerd/containerd/releases/download/v2.3.4/containerd-2.3.4-linux-amd64.tar.gz",
      "downloads/github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-amd64-v1.9.1.tgz",
      "downloads/github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-linux-amd64.tar.gz",
      "downloads/github.com/kubernetes-sigs/cri-tools/releases/download/v1.36.0/crictl-v1.36.0-linux-amd64.tar.gz",
      "downloads/github.com/opencontainers/runc/releases/download/v1.4.3/runc.amd64",
      "images/amd64/docker.io/network/net/1.tar",
      "images/amd64/registry.k8s.io/coredns/coredns/v1.14.2.tar",
      "images/amd64/registry.k8s.io/e2e-test-images/agnhost/2.53.tar",
      "images/amd64/registry.k8s.io/kube-apiserver/v1.36.3.tar",
      "images/amd64/registry.k8s.io/kube-controller-manager/v1.36.3.tar",
      "images/amd64/registry.k8s.io/kube-proxy/v1.36.3.tar",
      "images/amd64/registry.k8s.io/kube-scheduler/v1.36.3.tar",
      "images/amd64/registry.k8s.io/pause/3.10.2.tar",
      "manifest.yaml",
    ]);
    const from = (path: string) => content.entries.find((each) => each.path === path);
    expect(from("manifest.yaml")?.from).toBe(source.manifest);
    expect(from("images/amd64/registry.k8s.io/pause/3.10.2.tar")).toMatchObject({
      image: "registry.k8s.io/pause:3.10.2",
      from: expect.stringMatching(/^registry\.k8s\.io\/pause:3\.10\.2@sha256:[0-9a-f]{64}$/) as string,
    });
    expect(await listBundle(output, signal)).toEqual(content);
  });

  it("of the same content has the same bytes, also without a cache and whenever it is made; and nothing else is left", async () => {
    const cluster = testCluster((await bundleSource()).overrides);
    const one = await make(cluster);
    const bytes = readFileSync(output);
    expect(left()).toEqual(["bundle.tar"]);
    vi.stubEnv("XDG_CACHE_HOME", temporaryFolder());
    const other = await make(cluster);
    expect(other.sha256).toBe(one.sha256);
    expect(readFileSync(output).equals(bytes)).toBe(true);
  });

  it("for two processors has the programs and images of both", async () => {
    const { content } = await make(testCluster((await bundleSource()).overrides), {
      architectures: ["arm64", "amd64"],
    });
    expect(content.architectures).toEqual(["amd64", "arm64"]);
    const of = (arch: string) => content.entries.filter(({ path }) => path.includes(arch)).length;
    expect([of("amd64"), of("arm64")]).toEqual([15, 15]);
  });

  it("has nothing of what the inventory takes from packages or folders", async () => {
    const { overrides } = await bundleSource();
    const images = temporaryFolder();
    const cluster = testCluster({
      ...overrides,
      software: {
        ...{ ...overrides.software, images, from: { kubernetes: "packages", containerd: "packages" } },
        mirrors: { github: overrides.software?.mirrors?.github },
      },
    });
    const { content } = await make(cluster);
    expect(content.entries.map(({ path }) => path.split("/").at(-1)?.split("-")[0])).toEqual(["cni", "etcd"]);
  });

  it("that cannot be completed is not there, and nothing else is left: one file is missing at its source", async () => {
    const source = await bundleSource((path, _, response) => {
      if (!path.includes("kube-proxy")) return false;
      response.writeHead(404).end();
      return true;
    });
    const error = await failure(make(testCluster(source.overrides)));
    expect(error).toMatchObject({
      code: "E_LOCAL",
      message: "cannot fetch the image registry.k8s.io/kube-proxy:v1.36.3 for amd64",
    });
    expect(left()).toEqual([]);
  });

  it("that is stopped is not there either, and an older one stays as it was", async () => {
    const stop = new AbortController();
    writeFileSync(output, "the older one");
    const source = await bundleSource((path, _, response) => {
      if (!path.includes("/blobs/")) return false;
      response.writeHead(200, { "content-length": 1000 }).write("the first bytes");
      stop.abort(new Error("Ctrl-C"));
      return true;
    });
    expect(await failure(make(testCluster(source.overrides), { signal: stop.signal }))).toMatchObject({
      code: "E_INTERRUPTED",
    });
    expect(left()).toEqual(["bundle.tar"]);
    expect(readFileSync(output, "utf8")).toBe("the older one");
  });

  it("for which there is no folder is refused before anything is fetched", async () => {
    const source = await bundleSource();
    const error = await failure(make(testCluster(source.overrides), { output: join(output, "no/bundle.tar") }));
    expect(error).toMatchObject({ code: "E_LOCAL", message: expect.stringContaining("cannot write ") as string });
    expect(source.asked).toEqual([]);
    expect(existsSync(output)).toBe(false);
  });
});

it("the images of a manifest are those of its containers, and of nothing else that has a key of that name", () => {
  const text = `kind: CustomResourceDefinition
spec: { properties: { image: { type: string } }, image: not/this:1 }
---
kind: List
items:
  - { spec: { template: { spec: { initContainers: [{ image: "a:1" }], containers: [{ image: "b:1", env: [{ image: c }] }, { image: "a:1" }] } } } }
`;
  expect(imagesOfManifest(text)).toEqual(["a:1", "b:1"]);
});
