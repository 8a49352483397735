import { describe, expect, it } from "vitest";
import { containerdConfig, crictlConfig } from "../../src/config/containerd.ts";
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
    const old = testCluster({ kubernetes: { version: "1.19.16" } });
    expect(() => sandboxImage(old.kubernetes)).toThrow(
      "Kubernetes 1.19.16 is older than any version that Tripod supports",
    );
  });
});
