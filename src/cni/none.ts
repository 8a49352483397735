import type { Cni } from "./cni.ts";

/** Most that a user installs put their plugins into /opt/cni/bin, containerd's own default. */
export const none: Cni = {
  name: "none",
  title: "no pod network; nodes stay NotReady until you install one",
  source: "https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/#pod-network",
  installedBy: "nobody",
  oneSegment: false,
  networkPolicy: undefined,
  plugins: [],
  installsPlugins: true,
  modules: [],
  traffic: [],
  podRange: "the controller manager gives every node a /24 of the pod subnet",
  manifests: [],
};
