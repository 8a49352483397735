import { initConfig, initFlags } from "../config/kubeadm.ts";
import { withKubeletSettings } from "../config/kubelet-settings.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { apiReady } from "../health/api.ts";
import { kubeadmInit } from "../resources/kubeadm.ts";
import { kubeletConfigMap } from "../resources/kubelet-config-map.ts";
import { join, token } from "./credentials.ts";
import { leader } from "./leader.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";

/**
 * `kubeadm init` on the first master, once, ever. Where the cluster stands already and this is not the master it is asked through
 * (a machine that was replaced), it joins like any other.
 */
export const firstMaster: Phase = {
  name: "first-master",
  title: "First master",
  needs: [
    sameHost("prepare"),
    sameHost("certificates"),
    sameHost("first-kubernetes"),
    sameHost("pod-network"),
    allHosts("etcd"),
    allHosts("load-balancer"),
  ],
  hosts: (cluster) => cluster.masters.slice(0, 1),
  async resources(host, context) {
    const through = await leader(context);
    const { kubelet, minor } = context.cluster.kubernetes;
    if (through.name !== host.name) return [await join(host, context)];
    return [
      kubeadmInit({
        leader: through,
        controlPlane: true,
        config: async () => initConfig(context.cluster, host.machine, { token: await token(context) }),
        flags: initFlags(context.cluster),
        lastObject: lastObject(context.cluster),
      }),
      ...(Object.keys(kubelet).length > 0
        ? [kubeletConfigMap({ leader: through, minor, edit: (text) => withKubeletSettings(text, kubelet) })]
        : []),
    ];
  },
  until: (host) => [apiReady(host)],
};

/** What the last phase of `kubeadm init` makes; its addons come last, coredns before kube-proxy. */
function lastObject({ kubernetes: { skipPhases } }: Cluster): string {
  const skipped = (addon: string) => skipPhases.includes("addon") || skipPhases.includes(`addon/${addon}`);
  if (!skipped("kube-proxy")) return "-n kube-system daemonset/kube-proxy";
  return skipped("coredns") ? "-n kube-public configmap/cluster-info" : "-n kube-system deployment/coredns";
}
