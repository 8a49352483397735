import { isIP } from "node:net";
import { parse } from "semver";
import { z } from "zod";
import type { Path, Problem } from "../problem.ts";
import { distinct, domain, HOST_PATTERN, saying, subnetWithin, textual } from "../scalars.ts";
import { shown } from "../shown.ts";
import { didYouMean } from "../suggest.ts";

/** The minors whose kubeadm configuration Tripod writes, v1beta2 (1.20) to v1beta4 (1.36), and whose fields it knows (components/). */
const OLDEST_MINOR = 20;
const NEWEST_MINOR = 36;

/** Every minor that an inventory may name. @internal exported for its test and for docs/versions.md */
export const SUPPORTED_MINORS: readonly number[] = Array.from(
  { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
  (_, index) => OLDEST_MINOR + index,
);

/** The phases that `kubeadm init` may skip in a working cluster. */
const SKIPPABLE_PHASES: readonly string[] = ["addon", "addon/coredns", "addon/kube-proxy"];

/** Names of kubeadm's preflight checks (cmd/kubeadm/app/preflight/checks.go); a name that ends in `-` continues with the checked object. */
const CHECKS = [
  ...[
    "IsPrivilegedUser",
    "NumCPU",
    "Mem",
    "KubernetesVersion",
    "Firewalld",
    "HTTPProxy",
    "HTTPProxyCIDR",
    "CRI",
    "Swap",
  ],
  ...[
    "ContainerRuntimeVersion",
    "SystemVerification",
    "Hostname",
    "KubeletVersion",
    "ImagePull",
    "IsDockerSystemdCheck",
  ],
  ...["ExternalEtcdVersion", "ExternalEtcdClientCertificates"],
];
const CHECK_FAMILIES = ["Port-", "Service-", "FileAvailable-", "FileExisting-", "FileContent-", "DirAvailable-"];

/** Settings that Tripod sets itself; a second value would break the node. The text is the reason, or the key to use instead. */
const OURS: Readonly<Record<"kubelet" | "kubeProxy", Readonly<Record<string, string>>>> = {
  kubelet: {
    apiVersion: "it follows the version",
    kind: "it is always KubeletConfiguration",
    cgroupDriver: "it is systemd, as containerd's is",
    staticPodPath: "kubeadm writes the control plane there",
    clusterDNS: "it follows kubernetes.serviceSubnet",
    clusterDomain: "use kubernetes.dnsDomain",
    authentication: "the API server needs access",
    authorization: "the API server needs access",
    containerRuntimeEndpoint: "it is containerd's socket",
    serverTLSBootstrap:
      "it stays off: nothing would approve the kubelets' requests, and without a certificate `kubectl logs` and `exec` fail",
  },
  kubeProxy: {
    apiVersion: "it follows the version",
    kind: "it is always KubeProxyConfiguration",
    clusterCIDR: "use kubernetes.podSubnet",
  },
};

const version = textual(
  "Kubernetes version",
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/,
  "a full version x.y.z without a leading v, such as 1.36.3",
).superRefine((text, context) => {
  // semver does not parse numbers that JavaScript cannot hold.
  const parsed = parse(text);
  const known = `Tripod supports 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR}`;
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  if (parsed?.major !== 1 || parsed.minor > NEWEST_MINOR)
    refuse(`${text} is not supported: ${known}; a newer kubeadm may reject the configuration that Tripod writes`);
  else if (parsed.minor < OLDEST_MINOR)
    refuse(`${text} is too old: ${known}; older versions lack features that it needs`);
});

const imageRepository = textual(
  "image repository",
  /^(?=.*[a-z0-9])[a-z0-9][-a-z0-9.]*(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
  "an image repository such as registry.example:5000/kubernetes, without a scheme",
);

const certSan = z
  .string()
  .refine((text) => isIP(text) !== 0 || HOST_PATTERN.test(text.replace(/^\*\./, "")), {
    error: saying("a DNS name in lower case or an IP address"),
  })
  .meta({ title: "name or address" });

const skipPhase = z.enum(SKIPPABLE_PHASES);

const tolerated = z
  .string()
  .superRefine((name, context) => {
    if (CHECKS.includes(name) || CHECK_FAMILIES.some((family) => name.startsWith(family) && name !== family)) return;
    const message =
      name.toLowerCase() === "all"
        ? "`all` would hide real errors: tolerate each error by its name"
        : `${shown(name)} is not a preflight check of kubeadm${didYouMean(name, CHECKS)}`;
    context.addIssue({ code: "custom", message });
  })
  .meta({ title: "preflight check" });

/** Merged unchanged into a document of kubeadm's. A rule checks the keys of each version (rules/components.ts). */
function overrides(document: "kubelet" | "kubeProxy") {
  return z.record(z.string(), z.unknown()).superRefine((settings, context) => {
    for (const [key, instead] of Object.entries(OURS[document]))
      if (Object.hasOwn(settings, key))
        context.addIssue({ code: "custom", path: [key], message: `is set by Tripod: ${instead}` });
    for (const path of mergeKeys(settings))
      context.addIssue({
        code: "custom",
        path: [...path],
        message: "merge keys are not supported, write the keys out",
      });
  });
}

/** The paths of all `<<`, which are ordinary keys in YAML 1.2. */
function mergeKeys(value: unknown): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => (key === "<<" ? [[key]] : mergeKeys(inner).map((path) => [key, ...path])));
}

/** Every node gets a /24 of the pods' subnet (kube-controller-manager's --node-cidr-mask-size). */
export const NODE_PREFIX = 24;

// pkg/controller/nodeipam/ipam/cidrset: clusterSubnetMaxDiff
const podSubnet = subnetWithin(
  NODE_PREFIX - 16,
  NODE_PREFIX,
  "the controller manager takes /8 and smaller, and every node gets a /24 of it",
);

const serviceSubnet = subnetWithin(12, 28, "the API server accepts /12 to /28");

export const kubernetes = z
  .strictObject({
    version: version
      .describe(
        `The version of kubeadm, kubelet and the control plane, in quotes: 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR}.`,
      )
      .meta({ life: "at creation", examples: ["1.36.3"] }),
    imageRepository: imageRepository
      .optional()
      .describe("Where the control plane's images are pulled from. Default: kubeadm's default.")
      .meta({ life: "at creation", examples: ["registry.example:5000/kubernetes"] }),
    podSubnet: podSubnet
      .prefault("10.244.0.0/16")
      .describe(
        "Addresses of pods. Every node gets a /24 of it; it must not overlap the machines' or the services' subnet.",
      )
      .meta({ life: "at creation" }),
    serviceSubnet: serviceSubnet
      .prefault("10.96.0.0/12")
      .describe("Addresses of services, /12 to /28.")
      .meta({ life: "at creation" }),
    dnsDomain: domain
      .prefault("cluster.local")
      .describe("The domain of services: name.namespace.svc.DOMAIN.")
      .meta({ life: "at creation" }),
    certSans: distinct(certSan)
      .default([])
      .describe(
        "Additional names and addresses in the API server's certificate; the VIP and the masters are always in it.",
      )
      .meta({ life: "any time", examples: [["api.example.org"]] }),
    skipPhases: distinct(skipPhase)
      .default([])
      .describe("Phases of `kubeadm init` that are skipped, each by its name.")
      .meta({ life: "at creation", examples: [["addon/coredns"]] }),
    tolerate: distinct(tolerated)
      .default([])
      .describe("Preflight errors of kubeadm that are only warnings, each by its name; `all` is refused.")
      .meta({ life: "operator's side", examples: [["SystemVerification"]] }),
    kubelet: overrides("kubelet")
      .default({})
      .describe(
        "Merged into every node's KubeletConfiguration. Keys that Tripod sets itself, and keys that no kubelet of this version has, are refused.",
      )
      .meta({ life: "any time", examples: [{ maxPods: 200 }] }),
    kubeProxy: overrides("kubeProxy")
      .default({})
      .describe(
        "Merged into the KubeProxyConfiguration. Keys that Tripod sets itself, and keys that no kube-proxy of this version has, are refused.",
      )
      .meta({ life: "any time", examples: [{ mode: "nftables" }] }),
    mastersSchedulable: z
      .boolean()
      .default(false)
      .describe("Whether ordinary pods may run on masters.")
      .meta({ life: "any time" }),
  })
  .describe("The Kubernetes cluster itself.");

export function* kubernetesRules(settings: Partial<z.output<typeof kubernetes>>): Iterable<Problem> {
  const { skipPhases = [], kubeProxy = {} } = settings;
  const proxyPhase = skipPhases.findIndex((phase) => phase !== "addon/coredns");
  if (proxyPhase >= 0 && Object.keys(kubeProxy).length > 0)
    yield {
      path: ["kubernetes", "kubeProxy"],
      at: "key",
      message: `\`kubeProxy\` does nothing: ${String(skipPhases[proxyPhase])} is skipped`,
    };
}
