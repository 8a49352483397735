import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { withComponentSettings } from "../../src/config/component-settings.ts";

const TEXT = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
maxPods: 110
`;

describe("kubelet settings of the inventory", () => {
  it("are merged into what kubeadm wrote, which is kept", () => {
    expect(withComponentSettings(TEXT, { maxPods: 200, evictionHard: { "memory.available": "5%" } })).toBe(
      `${TEXT.replace("110", "200")}evictionHard:\n  memory.available: 5%\n`,
    );
  });

  it("are merged key by key", () => {
    const settings = { authentication: { webhook: { cacheTTL: "2m" } } };
    expect(withComponentSettings(TEXT, settings)).toBe(TEXT.replace("0s", "2m"));
  });

  it("leave a text alone, character by character, that has them", () => {
    const own = TEXT.replace("maxPods: 110", "maxPods:   110 # as ever");
    expect(withComponentSettings(own, { maxPods: 110, authentication: { anonymous: { enabled: false } } })).toBe(own);
  });

  it("compare lists as a whole", () => {
    const text = `${TEXT}clusterDNS:\n- 10.96.0.10\n`;
    expect(withComponentSettings(text, { clusterDNS: ["10.96.0.10"] })).toBe(text);
    expect(withComponentSettings(text, { clusterDNS: ["10.96.0.11"] })).toContain("- 10.96.0.11");
  });

  it("wait for kubeadm where there is no file yet", () => {
    expect(withComponentSettings("", { maxPods: 200 })).toBe("");
  });

  // In YAML 1.1, which the kubelet reads, each of them without its quotes is something else.
  it.each(["off", "on", "yes", "no", "y", "0644", "1_000", "0x1f", "1:30", "null", "~", "<<", "2026-01-01"])(
    "leave quoted text what it is: %j",
    (value) => {
      const written = withComponentSettings(`${TEXT}resolvConf: "${value}"\n`, { maxPods: 200, podCIDR: value });
      for (const version of ["1.1", "1.2"] as const)
        expect(parse(written, { version })).toMatchObject({ resolvConf: value, podCIDR: value });
    },
  );

  it("parse the existing file as the kubelet does", () => {
    const written = withComponentSettings(`${TEXT}failSwapOn: off\nmode: 0644\n`, { maxPods: 200 });
    expect(parse(written, { version: "1.1" })).toMatchObject({ failSwapOn: false, mode: 0o644 });
  });
});
