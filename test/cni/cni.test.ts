import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { CNIS, cniOf, DEFAULT_CNI, makesNodesReady, publishedManifest } from "../../src/cni/index.ts";

/** The newest minor version of Kubernetes 1.x that an inventory may set. */
const NEWEST = 36;
const SRC = join(import.meta.dirname, "../../src");

const named = (name: string) => cniOf({ cni: name });

test("a pod network is distinguished from another by its description only, nowhere by its name", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const asking = files.filter((file) => /\bcni\b\)? *[!=]==/.test(readFileSync(join(SRC, file), "utf8")));
  expect(asking.filter((file) => !file.startsWith("cni/"))).toEqual([]);
});

describe.each(CNIS)("the pod network $name", (cni) => {
  const { name, installedBy, installsPlugins, manifests, daemonSet, source } = cni;

  it("names the source of its description", () => {
    expect(cniOf({ cni: name }).name).toBe(name);
    expect(source).toMatch(/^https:\/\//);
  });

  it("has a manifest for every version from its oldest on, pinned to a tag and a digest", () => {
    const [newest] = manifests;
    expect(manifests.length > 0).toBe(installedBy === "manifest");
    expect(manifests.map(({ from }) => from)).toEqual(manifests.map(({ from }) => from).toSorted((a, b) => b - a));
    expect(publishedManifest(cni, NEWEST)).toBe(newest);
    for (const { version, url, sha256 } of manifests) {
      expect(url).toMatch(/^https:\/\//);
      expect(url).toContain(`/v${version}/`);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("is recognized in a cluster where its own pods install it", () => {
    expect(daemonSet !== undefined).toBe(manifests.length > 0);
    if (installedBy === "manifest") expect(installsPlugins).toBe(true);
  });
});

test("the version of Calico is one that is tested with the cluster's Kubernetes", () => {
  const versions = [20, 24, 27, 28, 31, 33, 36].map((minor) => publishedManifest(named("calico"), minor)?.version);
  expect(versions).toEqual([undefined, "3.26.5", "3.26.5", "3.28.5", "3.29.7", "3.31.7", "3.32.1"]);
});

test("flannel gets the cluster's pod subnet", () => {
  const manifest = 'net-conf.json: |\n  {\n    "Network": "10.244.0.0/16",\n    "EnableNFTables": false\n  }\n';
  expect(named("flannel").adapted?.(manifest, "172.20.0.0/16")).toBe(manifest.replace("10.244.0.0", "172.20.0.0"));
});

test("nodes become Ready with every pod network but none", () => {
  expect(CNIS.filter(({ name }) => !makesNodesReady({ cni: name })).map(({ name }) => name)).toEqual(["none"]);
  expect(makesNodesReady({ manifest: "/home/operator/weave.yaml" })).toBe(true);
});

test("the lab's network, which needs nothing from outside, is the default", () => {
  expect(DEFAULT_CNI.name).toBe("bridge");
  expect(DEFAULT_CNI.manifests).toEqual([]);
});
