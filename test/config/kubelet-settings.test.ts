import { describe, expect, it } from "vitest";
import { withKubeletSettings } from "../../src/config/kubelet-settings.ts";

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
  it("are laid over what kubeadm wrote, which stays", () => {
    expect(withKubeletSettings(TEXT, { maxPods: 200, evictionHard: { "memory.available": "5%" } })).toBe(
      `${TEXT.replace("110", "200")}evictionHard:\n  memory.available: 5%\n`,
    );
  });

  it("are laid key by key", () => {
    const settings = { authentication: { webhook: { cacheTTL: "2m" } } };
    expect(withKubeletSettings(TEXT, settings)).toBe(TEXT.replace("0s", "2m"));
  });

  it("leave a text alone, character by character, that has them", () => {
    const own = TEXT.replace("maxPods: 110", "maxPods:   110 # as ever");
    expect(withKubeletSettings(own, { maxPods: 110, authentication: { anonymous: { enabled: false } } })).toBe(own);
  });

  it("compare lists as a whole", () => {
    const text = `${TEXT}clusterDNS:\n- 10.96.0.10\n`;
    expect(withKubeletSettings(text, { clusterDNS: ["10.96.0.10"] })).toBe(text);
    expect(withKubeletSettings(text, { clusterDNS: ["10.96.0.11"] })).toContain("- 10.96.0.11");
  });

  it("wait for kubeadm where there is no file yet", () => {
    expect(withKubeletSettings("", { maxPods: 200 })).toBe("");
  });
});
