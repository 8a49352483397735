import { shownSource } from "../inventory/shown.ts";
import { imageRepository } from "../config/images.ts";
import { controlPlaneEndpoint } from "../config/kubeadm.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Settings } from "./settings.ts";
import type { Standing } from "./standing.ts";

/** What of the inventory does not fit the cluster that stands, and cannot be carried out. */
export interface Mismatch {
  /** The machine it is about; absent: the whole cluster. */
  readonly machine?: string;
  readonly message: string;
  readonly why?: string;
  readonly hint: string;
}

/** Where kubeadm pulls from by itself, by version and patch: a cluster that has one of these has not been told another. */
const KUBEADMS_OWN = ["k8s.gcr.io", "registry.k8s.io"];

/** Settings that are fixed when a cluster is founded, or that cannot be changed yet. */
export function settingsMismatches(cluster: Cluster, standing: Standing): Mismatch[] {
  const { kubernetes, name, network } = cluster;
  const stands = known(standing);
  const endpoint = endpointOf(cluster, standing);
  const found: Mismatch[] = [];
  if (stands.version !== undefined && stands.version !== kubernetes.version)
    found.push({
      message: `the cluster runs Kubernetes ${stands.version}, the inventory says ${kubernetes.version}`,
      hint: `upgrades are not carried out yet: set \`kubernetes.version\` to "${stands.version}"`,
    });
  const ours = controlPlaneEndpoint(cluster);
  if (endpoint !== undefined && endpoint !== ours)
    found.push({
      message: `the endpoint of a cluster cannot be changed yet: it is ${endpoint}, the inventory says ${ours}`,
      hint: `set \`loadBalancer.vip\`, \`port\` and \`haproxy\` back to what leads to ${endpoint}`,
    });
  const fixed = (key: string, at: string | undefined, wanted: string) => {
    if (at !== undefined && at !== wanted)
      found.push({
        message: `\`${key}\` is fixed when a cluster is founded: it is ${at}, the inventory says ${wanted}`,
        hint: `set it back to ${at}`,
      });
  };
  fixed("name", stands.clusterName, name);
  fixed("kubernetes.podSubnet", stands.podSubnet, kubernetes.podSubnet);
  fixed("kubernetes.serviceSubnet", stands.serviceSubnet, kubernetes.serviceSubnet);
  fixed("kubernetes.dnsDomain", stands.dnsDomain, kubernetes.dnsDomain);
  const images = stands.imageRepository ?? (standing.settings && KUBEADMS_OWN.at(-1));
  if (images !== undefined && (kubernetes.imageRepository !== undefined || !KUBEADMS_OWN.includes(images)))
    fixed("kubernetes.imageRepository", images, imageRepository(kubernetes));
  if (stands.bridge !== undefined) {
    const bridge = "cni" in network && network.cni === "bridge";
    if (bridge !== stands.bridge)
      found.push({
        message: `the pod network is chosen when a cluster is founded: it is ${stands.bridge ? "" : "not "}\`bridge\``,
        why: `the inventory says ${"cni" in network ? `cni: ${network.cni}` : `manifest: ${shownSource(network.manifest)}`}`,
        hint: stands.bridge ? "set `network: {cni: bridge}`" : "set `network.manifest`, or `network: {cni: none}`",
      });
  }
  return [...found, ...missingAddons(cluster, standing)];
}

/**
 * What kubeadm is to have laid, and is not there: whoever skipped it at first has to go on saying so. As long as nobody else has joined,
 * `kubeadm init` may still be at it, or has died before its addons, which come last: the first master's phase finishes that.
 */
function missingAddons({ kubernetes }: Cluster, { settings, nodes }: Standing): Mismatch[] {
  if (!settings || nodes.size < 2 || kubernetes.skipPhases.includes("addon")) return [];
  return (["addon/coredns", "addon/kube-proxy"] as const)
    .filter((addon) => !kubernetes.skipPhases.includes(addon) && !settings.addons.includes(addon))
    .map((addon) => ({
      message: `\`kubernetes.skipPhases\` does not name ${addon}, but the cluster has none`,
      hint: `add ${addon} to it: addons are laid when a cluster is founded, and what is deleted later stays deleted`,
    }));
}

/** What kubeadm's ConfigMap says; where no API server answers, what the masters' own manifests say. */
function known({ settings, carried }: Standing): Partial<Settings> {
  if (settings) return settings;
  const manifests = [...carried.values()].flatMap(({ apiServer }) => apiServer ?? []);
  const version = manifests.find((each) => each.version)?.version;
  const serviceSubnet = manifests.find((each) => each.serviceSubnet)?.serviceSubnet;
  return { ...(version && { version }), ...(serviceSubnet && { serviceSubnet }) };
}

/** The endpoint of the cluster that stands; where no API server answers, what all masters that name one agree on. */
export function endpointOf({ masters }: Cluster, { settings, carried }: Standing): string | undefined {
  if (settings) return settings.endpoint;
  const direct = masters.map(({ address }) => `https://${address}:6443`);
  const named = masters.flatMap(({ name }) => carried.get(name)?.servers ?? []).map(({ url }) => url);
  const endpoints = [...new Set(named.filter((url) => !direct.includes(url)))];
  return endpoints.length === 1 ? endpoints[0]?.replace("https://", "") : undefined;
}
