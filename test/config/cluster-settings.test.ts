import { describe, expect, it } from "vitest";
import { withCertSans } from "../../src/config/cluster-settings.ts";
import { withComponentSettings } from "../../src/config/component-settings.ts";
import { testCluster } from "../support/cluster.ts";

const SANS = ["10.0.0.10", "m1", "10.0.0.11", "m2", "10.0.0.12", "m3", "10.0.0.13", "localhost", "127.0.0.1"];
const TEXT = `apiServer:
  certSANs:
${SANS.map((san) => `  - ${san}\n`).join("")}  extraArgs:
  - name: etcd-servers
    value: https://127.0.0.1:2379
kubernetesVersion: v1.36.3
`;

describe("what kubeadm keeps in the cluster", () => {
  it("is left unchanged where it has every name already, in any order", () => {
    expect(withCertSans(TEXT, testCluster())).toBe(TEXT);
    const turned = TEXT.replace("  - m1\n", "").replace("  extraArgs", "  - m1\n  extraArgs");
    expect(withCertSans(turned, testCluster())).toBe(turned);
  });

  it("gets a new name and nothing else, and is left alone the second time", () => {
    const cluster = testCluster({ kubernetes: { certSans: ["api.example.org"] } });
    const wanted = TEXT.replace("  extraArgs", "  - api.example.org\n  extraArgs");
    expect(withCertSans(TEXT, cluster)).toBe(wanted);
    expect(withCertSans(wanted, cluster)).toBe(wanted);
  });

  it("has kube-proxy's settings merged into kubeadm's, which are kept", () => {
    const text = "conntrack:\n  maxPerCore: null\n  min: null\nmode: iptables\n";
    const wanted = "conntrack:\n  maxPerCore: 0\n  min: null\nmode: iptables\n";
    expect(withComponentSettings(text, { conntrack: { maxPerCore: 0 } })).toBe(wanted);
    expect(withComponentSettings(wanted, { conntrack: { maxPerCore: 0 } })).toBe(wanted);
  });

  it("is empty before the cluster exists", () => {
    expect([withCertSans("", testCluster()), withComponentSettings("", { mode: "ipvs" })]).toEqual(["", ""]);
  });
});
