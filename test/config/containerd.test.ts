import { describe, expect, it } from "vitest";
import { containerdConfig, containerdUnit, crictlConfig, registryMirrors } from "../../src/config/containerd.ts";
import { containerdProxy, proxyEnvironment } from "../../src/config/proxy.ts";
import { imageRepository, sandboxImage } from "../../src/config/images.ts";
import { testCluster } from "../support/cluster.ts";
import { expectGolden } from "../support/golden.ts";

const cluster = testCluster();

describe("containerd", () => {
  it("1.x reads version 2 of its configuration, 2.x version 3", () => {
    expectGolden("containerd/1/config.toml", containerdConfig(cluster, { major: 1, cniBinDir: "/usr/lib/cni" }));
    expectGolden("containerd/2/config.toml", containerdConfig(cluster, { major: 2, cniBinDir: "/opt/cni/bin" }));
  });

  it("leaves a sandbox's OOM score alone where root may not change it", () => {
    const boxed = testCluster({ containerd: { restrictOomScoreAdj: true } });
    for (const major of [1, 2])
      expect(containerdConfig(boxed, { major, cniBinDir: "/usr/lib/cni" })).toContain("restrict_oom_score_adj = true");
  });

  it("has a unit of ours where no package brings one", () => {
    expectGolden("containerd/containerd.service", containerdUnit("/usr/local/bin/containerd"));
  });

  it("asks mirrors before the registry itself, in their order", () => {
    const mirrors = ["https://one.example/v2", "http://10.0.0.9:5000"];
    expectGolden("containerd/hosts.toml", registryMirrors(mirrors));
  });

  it("pulls through the proxy, and never for what belongs to the cluster", () => {
    const proxy = { http: "http://proxy.example:3128", https: "http://proxy.example:3129", no: ["registry.example"] };
    expectGolden("containerd/proxy.conf", containerdProxy(testCluster({ proxy })));
    const { HTTPS_PROXY, NO_PROXY = "" } = proxyEnvironment(testCluster({ proxy }));
    expect(HTTPS_PROXY).toBe("http://proxy.example:3129");
    const direct = [
      "10.0.0.10",
      "m1",
      "10.0.0.11",
      "10.0.0.22",
      "10.244.0.0/16",
      "10.96.0.0/12",
      ".svc",
      ".cluster.local",
    ];
    expect(NO_PROXY.split(",")).toEqual(expect.arrayContaining([...direct, "registry.example"]));
  });

  it("has no proxy where the inventory names none, whatever was set before", () => {
    expect(containerdProxy(cluster)).not.toContain("Environment");
  });

  it("is found by crictl without flags", () => {
    expectGolden("containerd/crictl.yaml", crictlConfig());
  });
});

describe("The sandbox image", () => {
  it.each([
    ["1.20.2", "k8s.gcr.io/pause:3.2"],
    ["1.24.17", "k8s.gcr.io/pause:3.7"],
    ["1.25.16", "registry.k8s.io/pause:3.8"],
    ["1.29.0", "registry.k8s.io/pause:3.9"],
    ["1.31.0", "registry.k8s.io/pause:3.10"],
    ["1.35.1", "registry.k8s.io/pause:3.10.1"],
    ["1.36.3", "registry.k8s.io/pause:3.10.2"],
  ])("of Kubernetes %s is the one kubeadm pulls: %s", (version, image) => {
    expect(sandboxImage(testCluster({ kubernetes: { version } }).kubernetes)).toBe(image);
  });

  it("comes from the inventory's own repository, or is the one it names", () => {
    const mirrored = testCluster({ kubernetes: { imageRepository: "images.example.org/k8s" } });
    expect(imageRepository(mirrored.kubernetes)).toBe("images.example.org/k8s");
    expect(sandboxImage(mirrored.kubernetes)).toBe("images.example.org/k8s/pause:3.10.2");
    const named = testCluster({ containerd: { sandboxImage: "images.example.org/pause:1" } });
    expect(containerdConfig(named, { major: 2, cniBinDir: "/opt/cni/bin" })).toContain(
      'sandbox = "images.example.org/pause:1"',
    );
  });

  it("of a version older than Tripod supports is not guessed", () => {
    const old = { ...cluster.kubernetes, version: "1.19.16", minor: 19 };
    expect(() => sandboxImage(old)).toThrow("Kubernetes 1.19.16 is older than any version that Tripod supports");
  });
});
