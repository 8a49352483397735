import { cniOf } from "../cni/index.ts";
import { shownSource } from "../inventory/shown.ts";
import { imageRepository } from "../config/images.ts";
import { controlPlaneEndpoint } from "../config/kubeadm.ts";
import type { Cluster, NetworkSettings } from "../inventory/cluster.ts";
import { API_SERVER_PORT } from "../layout.ts";
import type { Settings } from "./settings.ts";
import type { ExistingState } from "./existing.ts";

/** A part of the inventory that does not match the existing cluster, and cannot be carried out. */
export interface Mismatch {
  /** The machine it is about; absent: the whole cluster. */
  readonly machine?: string;
  readonly message: string;
  readonly why?: string;
  readonly hint: string;
}

/** kubeadm's own defaults, by version: a cluster with one of these was created without another registry. */
const KUBEADMS_OWN = ["k8s.gcr.io", "registry.k8s.io"];

/** Settings that are fixed when a cluster is created, or that cannot be changed yet. */
export function settingsMismatches(cluster: Cluster, existing: ExistingState): Mismatch[] {
  const { kubernetes, name, network } = cluster;
  const current = known(existing);
  const endpoint = endpointOf(cluster, existing);
  const found: Mismatch[] = [];
  if (current.version !== undefined && current.version !== kubernetes.version)
    found.push({
      message: `the cluster runs Kubernetes ${current.version}, the inventory sets ${kubernetes.version}`,
      hint: `upgrades are not carried out yet: set \`kubernetes.version\` to "${current.version}"`,
    });
  const ours = controlPlaneEndpoint(cluster);
  if (endpoint !== undefined && endpoint !== ours)
    found.push({
      message: `the endpoint of a cluster cannot be changed yet: it is ${endpoint}, the inventory sets ${ours}`,
      hint: `restore the \`loadBalancer.vip\`, \`port\` and \`haproxy\` that give ${endpoint}`,
    });
  const fixed = (key: string, at: string | undefined, wanted: string) => {
    if (at !== undefined && at !== wanted)
      found.push({
        message: `\`${key}\` is fixed when a cluster is created: it is ${at}, the inventory sets ${wanted}`,
        hint: `set \`${key}\` to ${at}`,
      });
  };
  fixed("name", current.clusterName, name);
  fixed("kubernetes.podSubnet", current.podSubnet, kubernetes.podSubnet);
  fixed("kubernetes.serviceSubnet", current.serviceSubnet, kubernetes.serviceSubnet);
  fixed("kubernetes.dnsDomain", current.dnsDomain, kubernetes.dnsDomain);
  const images = current.imageRepository ?? (existing.settings && KUBEADMS_OWN.at(-1));
  if (images !== undefined && (kubernetes.imageRepository !== undefined || !KUBEADMS_OWN.includes(images)))
    fixed("kubernetes.imageRepository", images, imageRepository(kubernetes));
  if (current.bridge !== undefined) {
    const problem = networkMismatch(network, { bridge: current.bridge, cni: current.cni });
    if (problem) found.push(problem);
  }
  return [...found, ...missingAddons(cluster, existing)];
}

/** Another pod network than the existing one. With `none` and with a manifest of the user's, what is installed is the user's own business. */
function networkMismatch(network: NetworkSettings, current: Pick<Settings, "bridge" | "cni">): Mismatch | undefined {
  const { name, installedBy } = cniOf(network);
  const existing = current.bridge ? "bridge" : current.cni;
  const other = "cni" in network && installedBy === "manifest" && (existing ?? name) !== name;
  if ((installedBy === "tripod") === current.bridge && !other) return undefined;
  return {
    message: `the pod network is fixed when a cluster is created: it is ${existing === undefined ? "not `bridge`" : `\`${existing}\``}`,
    why: `the inventory sets ${"cni" in network ? `cni: ${network.cni}` : `manifest: ${shownSource(network.manifest)}`}`,
    hint:
      existing === undefined
        ? "set `network.manifest`, or `network: {cni: none}`"
        : `set \`network: {cni: ${existing}}\``,
  };
}

/**
 * Addons that kubeadm should have installed and are missing: what was skipped at the creation must stay in `skipPhases`. As long as no other
 * node has joined, `kubeadm init` may still be running, or was killed before its addons, which come last: the phase First master finishes that.
 */
function missingAddons({ kubernetes }: Cluster, { settings, nodes }: ExistingState): Mismatch[] {
  if (!settings || nodes.size < 2 || kubernetes.skipPhases.includes("addon")) return [];
  return (["addon/coredns", "addon/kube-proxy"] as const)
    .filter((addon) => !kubernetes.skipPhases.includes(addon) && !settings.addons.includes(addon))
    .map((addon) => ({
      message: `\`kubernetes.skipPhases\` does not contain ${addon}, but the cluster does not have this addon`,
      hint: `add ${addon} to \`kubernetes.skipPhases\`: addons are installed only when a cluster is created`,
    }));
}

/** The settings in kubeadm's ConfigMap; where no API server answers, those in the masters' own manifests. */
function known({ settings, machineStates }: ExistingState): Partial<Settings> {
  if (settings) return settings;
  const manifests = [...machineStates.values()].flatMap(({ apiServer }) => apiServer ?? []);
  const version = manifests.find((each) => each.version)?.version;
  const serviceSubnet = manifests.find((each) => each.serviceSubnet)?.serviceSubnet;
  return { ...(version && { version }), ...(serviceSubnet && { serviceSubnet }) };
}

/** The endpoint of the existing cluster; where no API server answers, the one in all masters' kubeconfigs. */
export function endpointOf({ masters }: Cluster, { settings, machineStates }: ExistingState): string | undefined {
  if (settings) return settings.endpoint;
  const direct = masters.map(({ address }) => `https://${address}:${API_SERVER_PORT}`);
  const named = masters.flatMap(({ name }) => machineStates.get(name)?.servers ?? []).map(({ url }) => url);
  const endpoints = [...new Set(named.filter((url) => !direct.includes(url)))];
  return endpoints.length === 1 ? endpoints[0]?.replace("https://", "") : undefined;
}
