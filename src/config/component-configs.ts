import type { KubernetesSettings } from "../inventory/cluster.ts";

/** An object of a YAML document. */
export type Json = Readonly<Record<string, unknown>>;

/** The kubelet's document, with the inventory's `kubelet` merged into it. */
export function kubeletConfiguration({ kubelet }: Pick<KubernetesSettings, "kubelet">): Json {
  const ours = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // The same as containerd's; kubeadm's default only from 1.22 on.
    cgroupDriver: "systemd",
  };
  return merge(ours, kubelet);
}

/** kube-proxy's document, with the inventory's `kubeProxy` merged into it. */
export function kubeProxyConfiguration({
  podSubnet,
  kubeProxy,
}: Pick<KubernetesSettings, "podSubnet" | "kubeProxy">): Json {
  const ours = {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clusterCIDR: podSubnet,
  };
  return merge(ours, kubeProxy);
}

/** Objects are merged key by key, at every level; anything else, also lists, is replaced. */
export function merge(below: Json, above: Json): Json {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isMap(under) && isMap(value) ? merge(under, value) : value;
  }
  return merged;
}

export function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
