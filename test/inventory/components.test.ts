import { minor as minorOf } from "semver";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { kubeletConfiguration, kubeProxyConfiguration } from "../../src/config/component-configs.ts";
import { type Component, type Field, has } from "../../src/inventory/components/component.ts";
import { KUBE_PROXY } from "../../src/inventory/components/kube-proxy.ts";
import { KUBELET } from "../../src/inventory/components/kubelet.ts";
import { parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";
import { testCluster } from "../support/cluster.ts";
import { KUBEADM_VERSIONS, kubeadmFiles } from "../support/kubeadm.ts";

/** Every minor that Tripod knows. */
const MINORS = Array.from({ length: 17 }, (_, index) => 20 + index);

type Section = "kubelet" | "kubeProxy";
type Json = Readonly<Record<string, unknown>>;

/** What is wrong with settings of one section in an inventory of this version, and what is advised. */
function mistakes(version: string, section: Section, settings: Json): string[] {
  const text = stringify({
    name: "production",
    kubernetes: { version, [section]: settings },
    loadBalancer: { vip: "10.0.0.10" },
    masters: [{ name: "m1", address: "10.0.0.11" }],
  });
  try {
    parseInventory(text, "inventory.yaml");
    return [];
  } catch (error) {
    if (error instanceof InventoryErrors)
      return error.errors.map(({ message, details: { hint } }) => (hint ? `${message} → ${hint}` : message));
    throw error;
  }
}

/** `memorySwap.swapBehavior` as settings that hold it; lists are no matter. */
function nested(path: string): Json {
  const [first = "", ...rest] = path.split(".");
  return { [first]: rest.length > 0 ? nested(rest.join(".")) : null };
}

/** The paths of all keys in a document, as deep as they are known. */
function keysOf(document: Json, { fields }: Field, before = ""): string[] {
  return Object.entries(document).flatMap(([key, value]) => {
    const field = fields.get(key);
    const deeper = field && field.fields.size > 0 ? keysOf(value as Json, field, `${before}${key}.`) : [];
    return [`${before}${key}`, ...deeper];
  });
}

function fieldAt(component: Component, path: string): Field | undefined {
  return path.split(".").reduce<Field | undefined>((around, key) => around?.fields.get(key), component);
}

describe("what Tripod writes for the kubelet and kube-proxy", () => {
  const components = { KubeletConfiguration: KUBELET, KubeProxyConfiguration: KUBE_PROXY };

  function expectKnown(document: Json, minor: number) {
    const component = components[String(document.kind) as keyof typeof components];
    const keys = keysOf(document, component);
    expect(keys).toContain("apiVersion");
    expect(keys.filter((path) => !has(fieldAt(component, path) ?? { last: 0 }, minor))).toEqual([]);
  }

  it.each(KUBEADM_VERSIONS)("of %s, each of its golden files, is there in that version", (version) => {
    const texts = [...kubeadmFiles(version).values()];
    const documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Json));
    const theirs = documents.filter(({ kind }) => String(kind) in components);
    expect(theirs).toHaveLength(4);
    for (const document of theirs) expectKnown(document, minorOf(version));
  });

  it.each(MINORS)("of 1.%i is there in that version", (minor) => {
    const { kubernetes } = testCluster({ kubernetes: { version: `1.${minor}.0` } });
    expectKnown(kubeletConfiguration(kubernetes), minor);
    expectKnown(kubeProxyConfiguration(kubernetes), minor);
  });
});

describe("a field is there from one minor on, and refused before:", () => {
  // As upstream's change logs and sources have it.
  it.each<[Section, string, number]>([
    ["kubelet", "memoryManagerPolicy", 21],
    ["kubelet", "reservedMemory", 21],
    ["kubelet", "memorySwap.swapBehavior", 22],
    ["kubelet", "seccompDefault", 22],
    ["kubelet", "registerWithTaints", 23],
    ["kubelet", "tracing.samplingRatePerMillion", 25],
    ["kubelet", "topologyManagerPolicyOptions", 26],
    ["kubelet", "maxParallelImagePulls", 27],
    ["kubelet", "imageMaximumGCAge", 29],
    ["kubelet", "logging.options", 23],
    ["kubelet", "podLogsDir", 30],
    ["kubelet", "failCgroupV1", 31],
    ["kubelet", "crashLoopBackOff.maxContainerRestartPeriod", 32],
    ["kubelet", "imagePullCredentialsVerificationPolicy", 33],
    ["kubelet", "memoryReservationPolicy", 36],
    ["kubeProxy", "detectLocal.bridgeInterface", 24],
    ["kubeProxy", "iptables.localhostNodePorts", 26],
    ["kubeProxy", "logging.format", 28],
    ["kubeProxy", "conntrack.tcpBeLiberal", 29],
    ["kubeProxy", "nftables.masqueradeAll", 29],
    ["kubeProxy", "windowsRunAsService", 31],
  ])("%s, %s, 1.%i", (section, path, since) => {
    for (const minor of MINORS) {
      const version = `1.${minor}.1`;
      const told = new RegExp(`^(the kubelet|kube-proxy) has \`.*\` from 1\\.${since} on; .* version is ${version}$`);
      const expected = minor < since ? [expect.stringMatching(told)] : [];
      expect(mistakes(version, section, nested(path)), version).toEqual(expected);
    }
  });

  it.each<[Section, string, number]>([
    ["kubelet", "logging.sanitization", 23],
    ["kubeProxy", "udpIdleTimeout", 25],
  ])("and one that is refused after its last: %s, %s, 1.%i", (section, path, last) => {
    for (const minor of MINORS) {
      const version = `1.${minor}.1`;
      const expected = minor > last ? [expect.stringContaining(`has \`${path}\` up to 1.${last}; `)] : [];
      expect(mistakes(version, section, nested(path)), version).toEqual(expected);
    }
  });

  it.each([
    ["the kubelet", KUBELET, 109],
    ["kube-proxy", KUBE_PROXY, 47],
  ] as const)("the oldest %s has all that is not said to be newer", (_, component, count) => {
    const oldest = (around: Field): number =>
      [...around.fields.values()].filter((field) => has(field, 20)).reduce((sum, field) => sum + 1 + oldest(field), 0);
    expect(oldest(component)).toBe(count);
  });
});

describe("a name that no version has", () => {
  it.each<[Section, Json, string]>([
    ["kubelet", { maxPod: 1 }, "the kubelet has no `maxPod`, did you mean `maxPods`?"],
    ["kubelet", { MaxPods: 1 }, "the kubelet has no `MaxPods`, did you mean `maxPods`?"],
    ["kubelet", { "max-pods": 1 }, "the kubelet has no `max-pods`, did you mean `maxPods`?"],
    [
      "kubelet",
      { memorySwap: { swapBehaviour: "x" } },
      "the kubelet has no `memorySwap.swapBehaviour`, did you mean `swapBehavior`?",
    ],
    [
      "kubelet",
      { reservedMemory: [{ numaNode: 0 }, { numaNod: 1 }] },
      "the kubelet has no `reservedMemory[1].numaNod`, did you mean `numaNode`?",
    ],
    ["kubelet", { entirelyUnheardOf: 1 }, "the kubelet has no `entirelyUnheardOf`"],
    ["kubelet", { constructor: 1 }, "the kubelet has no `constructor`"],
    ["kubeProxy", { maxPods: 1 }, "kube-proxy has no `maxPods`"],
    [
      "kubeProxy",
      { conntrack: { maxPerCores: 1 } },
      "kube-proxy has no `conntrack.maxPerCores`, did you mean `maxPerCore`?",
    ],
  ])("is refused, with the one that was meant: %s %j", (section, settings, message) => {
    expect(mistakes("1.36.3", section, settings)).toEqual([message]);
  });

  it("is never taken for one that this version does not have either", () => {
    expect(mistakes("1.30.0", "kubelet", { failCgroupV: false })).toEqual(["the kubelet has no `failCgroupV`"]);
    expect(mistakes("1.31.0", "kubelet", { failCgroupV: false })).toEqual([
      "the kubelet has no `failCgroupV`, did you mean `failCgroupV1`?",
    ]);
  });

  it("is refused where the version itself is a mistake, and what some version has is not", () => {
    expect(mistakes("1.99.0", "kubelet", { maxPod: 1, failCgroupV1: false, runOnce: false })).toEqual([
      expect.stringContaining("1.99.0 is not supported"),
      expect.stringContaining("did you mean `maxPods`?"),
    ]);
  });

  it("are accepted where keys are free", () => {
    const free = "evictionHard evictionSoft evictionSoftGracePeriod evictionMinimumReclaim featureGates systemReserved";
    const more = "kubeReserved qosReserved staticPodURLHeader cpuManagerPolicyOptions topologyManagerPolicyOptions";
    const settings = Object.fromEntries(`${free} ${more}`.split(" ").map((key) => [key, { "any.thing": "1" }]));
    expect(mistakes("1.36.3", "kubelet", settings)).toEqual([]);
    expect(mistakes("1.36.3", "kubeProxy", { featureGates: { AnyThing: true } })).toEqual([]);
  });
});

describe("a word that the program does not take", () => {
  it.each<[string, Section, Json, string | undefined]>([
    ["1.20.2", "kubelet", { cpuManagerPolicy: "statc" }, 'takes none, static, not "statc", did you mean `static`?'],
    ["1.20.2", "kubelet", { cpuManagerPolicy: "static" }, undefined],
    [
      "1.36.3",
      "kubelet",
      { memoryManagerPolicy: "static" },
      'takes None, Static, not "static", did you mean `Static`?',
    ],
    ["1.36.3", "kubelet", { memoryManagerPolicy: "BestEffort" }, 'takes None, Static, not "BestEffort"'],
    ["1.36.3", "kubelet", { hairpinMode: false }, "takes promiscuous-bridge, hairpin-veth, none, not false"],
    ["1.29.0", "kubelet", { memorySwap: { swapBehavior: "UnlimitedSwap" } }, undefined],
    [
      "1.30.0",
      "kubelet",
      { memorySwap: { swapBehavior: "UnlimitedSwap" } },
      "→ the kubelet has UnlimitedSwap up to 1.29",
    ],
    ["1.36.3", "kubelet", { enforceNodeAllocatable: ["pods", "pod"] }, "enforceNodeAllocatable[1]`: the kubelet of"],
    ["1.23.0", "kubeProxy", { detectLocalMode: "BridgeInterface" }, "→ kube-proxy has BridgeInterface from 1.24 on"],
    ["1.24.0", "kubeProxy", { detectLocalMode: "BridgeInterface" }, undefined],
  ])("of %s is refused: %s %j", (version, section, settings, message) => {
    expect(mistakes(version, section, settings)).toEqual(message ? [expect.stringContaining(message)] : []);
  });

  it("is one that it has not yet, or no more: kube-proxy's modes", () => {
    const on = { featureGates: { NFTablesProxyMode: true } };
    const minorsOf = (settings: Json) =>
      MINORS.filter((minor) => mistakes(`1.${minor}.0`, "kubeProxy", settings).length === 0);
    const from = (first: number) => MINORS.filter((minor) => minor >= first);
    expect(minorsOf({ mode: "userspace" })).toEqual(MINORS.filter((minor) => minor <= 25));
    expect(minorsOf({ mode: "iptables" })).toEqual(MINORS);
    expect(minorsOf({ mode: "ipvs" })).toEqual(MINORS);
    expect(minorsOf({ mode: "kernelspace" })).toEqual([]);
    expect(minorsOf({ mode: "nftables" })).toEqual(from(31));
    expect(minorsOf({ mode: "nftables", ...on })).toEqual(from(29));
    expect(minorsOf({ mode: "nftables", featureGates: { AllAlpha: true } })).toEqual(from(29));
    expect(minorsOf({ mode: "nftables", featureGates: { AllAlpha: true, NFTablesProxyMode: false } })).toEqual(
      from(31),
    );
  });

  it("is left to the program where there is none", () => {
    expect(mistakes("1.36.3", "kubeProxy", { mode: "" })).toEqual([]);
    expect(mistakes("1.36.3", "kubelet", { topologyManagerPolicy: null, logging: null })).toEqual([]);
  });
});
