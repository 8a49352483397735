import { cniOf } from "../cni/index.ts";
import type { Cluster, KubernetesSettings, Machine, Taint } from "../inventory/cluster.ts";
import { API_SERVER_PORT, ETCD_CLIENT_PORT, KUBERNETES_PKI, TOKEN_DESCRIPTION, TOKEN_LIFE } from "../layout.ts";
import { Secret } from "../secret.ts";
import { kubeletConfiguration, kubeProxyConfiguration } from "./component-configs.ts";
import { CONTAINERD_SOCKET } from "./containerd.ts";
import { kubernetesYaml } from "./yaml.ts";

type Document = Readonly<Record<string, unknown>>;

/** The credentials with which another master or a worker joins. */
export interface JoinCredentials {
  readonly token: Secret;
  /** `sha256:` and the hex digest of the cluster CA's public key (its SPKI, DER). */
  readonly caCertHash: string;
}

/** What depends on the host itself. */
export interface NodeSettings {
  /** The kubelet's `--resolv-conf`, for its first start: kubeadm's document is the same for all nodes. */
  readonly resolvConf?: string | undefined;
}

/** The newest config API that every kubeadm of this minor version reads: v1beta3 came with 1.22, v1beta4 with 1.31. */
function apiVersion(minor: number): string {
  return `kubeadm.k8s.io/${minor < 22 ? "v1beta2" : minor < 31 ? "v1beta3" : "v1beta4"}`;
}

/** The documents for `kubeadm init --config` on the first master. They contain the token, so they are a secret as a whole. */
export function initConfig(
  cluster: Cluster,
  machine: Machine,
  { token }: { readonly token: Secret },
  node: NodeSettings = {},
): Secret {
  const { kubernetes } = cluster;
  const init: Document = {
    apiVersion: apiVersion(kubernetes.minor),
    kind: "InitConfiguration",
    bootstrapTokens: [{ token: token.reveal(), ttl: goDuration(TOKEN_LIFE), description: TOKEN_DESCRIPTION }],
    localAPIEndpoint: { advertiseAddress: machine.address, bindPort: API_SERVER_PORT },
    nodeRegistration: nodeRegistration(kubernetes, machine, node),
    ...(kubernetes.minor >= 22 && kubernetes.skipPhases.length > 0 ? { skipPhases: kubernetes.skipPhases } : {}),
  };
  const documents = [
    init,
    clusterConfiguration(cluster),
    kubeletConfiguration(kubernetes),
    kubeProxyConfiguration(kubernetes),
  ];
  return new Secret(toYaml(documents));
}

/** Flags for `kubeadm init`: v1beta2 has no field for phases to skip. */
export function initFlags({ kubernetes }: Cluster): readonly string[] {
  return kubernetes.minor < 22 && kubernetes.skipPhases.length > 0
    ? [`--skip-phases=${kubernetes.skipPhases.join(",")}`]
    : [];
}

/** The document for `kubeadm join --config` on another master or a worker, through the virtual IP and with the CA pinned. */
export function joinConfig(
  cluster: Cluster,
  machine: Machine,
  { token, caCertHash }: JoinCredentials,
  node: NodeSettings = {},
): Secret {
  const join: Document = {
    apiVersion: apiVersion(cluster.kubernetes.minor),
    kind: "JoinConfiguration",
    discovery: {
      bootstrapToken: {
        token: token.reveal(),
        apiServerEndpoint: controlPlaneEndpoint(cluster),
        caCertHashes: [caCertHash],
      },
    },
    nodeRegistration: nodeRegistration(cluster.kubernetes, machine, node),
    ...(machine.role === "master"
      ? { controlPlane: { localAPIEndpoint: { advertiseAddress: machine.address, bindPort: API_SERVER_PORT } } }
      : {}),
  };
  return new Secret(toYaml([join]));
}

/** The endpoint of the cluster's clients: `10.0.0.10:8443`. */
export function controlPlaneEndpoint({ loadBalancer }: Cluster): string {
  return `${loadBalancer.vip}:${loadBalancer.port}`;
}

/** Every name and address for the API server's certificate beyond those that kubeadm adds itself. */
export function apiServerSans({ masters, loadBalancer, kubernetes }: Cluster): readonly string[] {
  const ofMasters = masters.flatMap(({ name, address }) => [name, address]);
  return [...new Set([loadBalancer.vip, ...ofMasters, "localhost", "127.0.0.1", ...kubernetes.certSans])];
}

function clusterConfiguration(cluster: Cluster): Document {
  const { kubernetes, masters, network } = cluster;
  const extraArgs = (args: Record<string, string>) => argumentList(kubernetes, args);
  return {
    apiVersion: apiVersion(kubernetes.minor),
    kind: "ClusterConfiguration",
    clusterName: cluster.name,
    kubernetesVersion: `v${kubernetes.version}`,
    controlPlaneEndpoint: controlPlaneEndpoint(cluster),
    ...(kubernetes.imageRepository ? { imageRepository: kubernetes.imageRepository } : {}),
    networking: {
      dnsDomain: kubernetes.dnsDomain,
      podSubnet: kubernetes.podSubnet,
      serviceSubnet: kubernetes.serviceSubnet,
    },
    etcd: {
      external: {
        endpoints: masters.map(({ address }) => `https://${address}:${ETCD_CLIENT_PORT}`),
        caFile: `${KUBERNETES_PKI}/etcd/ca.crt`,
        certFile: `${KUBERNETES_PKI}/apiserver-etcd-client.crt`,
        keyFile: `${KUBERNETES_PKI}/apiserver-etcd-client.key`,
      },
    },
    apiServer: {
      certSANs: apiServerSans(cluster),
      extraArgs: extraArgs({
        // In place of the endpoints above, which kubeadm's own checks use: each API server uses only the member on its own host.
        "etcd-servers": `https://127.0.0.1:${ETCD_CLIENT_PORT}`,
        // The default since 1.11; the other value is deprecated, and the flag is to be removed, from 1.24 on.
        ...(kubernetes.minor < 24 ? { "endpoint-reconciler-type": "lease" } : {}),
      }),
    },
    // The pod network `bridge` gives every node its range before kubeadm runs; the controller manager would assign other ones.
    ...(cniOf(network).installedBy === "tripod"
      ? { controllerManager: { extraArgs: extraArgs({ "allocate-node-cidrs": "false" }) } }
      : {}),
  };
}

function nodeRegistration(kubernetes: KubernetesSettings, machine: Machine, { resolvConf }: NodeSettings): Document {
  const taints = taintsAtJoin(kubernetes, machine);
  return {
    name: machine.name,
    // A bare path is deprecated from 1.24 on, where sockets are URLs.
    criSocket: kubernetes.minor < 24 ? CONTAINERD_SOCKET : `unix://${CONTAINERD_SOCKET}`,
    kubeletExtraArgs: argumentList(kubernetes, {
      "node-ip": machine.address,
      ...(resolvConf === undefined ? {} : { "resolv-conf": resolvConf }),
    }),
    ...(taints ? { taints } : {}),
    ...(kubernetes.tolerate.length > 0 ? { ignorePreflightErrors: kubernetes.tolerate } : {}),
  };
}

/** Undefined keeps the taint that kubeadm gives to a master; a list, even an empty one, replaces it. */
function taintsAtJoin(kubernetes: KubernetesSettings, { role, taints }: Machine): readonly Taint[] | undefined {
  if (role === "worker") return taints.length > 0 ? taints : undefined;
  if (kubernetes.mastersSchedulable) return taints;
  return taints.length > 0 ? withMasterTaints(kubernetes, taints) : undefined;
}

/** A node has a taint of the same key and effect only once: the inventory's wins over kubeadm's own. */
export function withMasterTaints(kubernetes: KubernetesSettings, taints: readonly Taint[]): readonly Taint[] {
  const named = new Set(taints.map(({ key, effect }) => `${key}:${effect}`));
  return [...masterTaints(kubernetes).filter(({ key, effect }) => !named.has(`${key}:${effect}`)), ...taints];
}

/** kubeadm's own: `master` until 1.24, `control-plane` from 1.24 on. */
function masterTaints({ minor }: KubernetesSettings): readonly Taint[] {
  const roles = [...(minor < 25 ? ["master"] : []), ...(minor >= 24 ? ["control-plane"] : [])];
  return roles.map((role) => ({ key: `node-role.kubernetes.io/${role}`, effect: "NoSchedule" }));
}

/** Flags of a component: a map until v1beta3, a list from v1beta4 on. */
function argumentList({ minor }: KubernetesSettings, args: Readonly<Record<string, string>>): unknown {
  return minor < 31 ? args : Object.entries(args).map(([name, value]) => ({ name, value }));
}

/** @param ms whole hours: `1h0m0s`, as Go prints a duration */
function goDuration(ms: number): string {
  return `${ms / 3_600_000}h0m0s`;
}

function toYaml(documents: readonly Document[]): string {
  return documents.map(kubernetesYaml).join("---\n");
}
