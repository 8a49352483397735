import { initConfig, initFlags } from "../config/kubeadm.ts";
import { withKubeletSettings } from "../config/kubelet-settings.ts";
import { apiReady, apiThroughVip } from "../health/api.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { kubeadmInit } from "../resources/kubeadm.ts";
import { kubeletConfigMap } from "../resources/kubelet-config-map.ts";
import { token } from "./credentials.ts";
import { isLeader } from "./leader.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";

/** `kubeadm init`, once, ever; where the cluster stands already, on the master it is asked through. */
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
  hosts: (situation) => situation.cluster.masters.filter((master) => isLeader(master, situation)),
  resources(host, context) {
    const { cluster } = context;
    const { vip, port } = cluster.loadBalancer;
    const { kubelet, minor } = cluster.kubernetes;
    return [
      kubeadmInit({
        leader: host,
        controlPlane: true,
        config: async () => initConfig(cluster, host.machine, { token: await token(context) }),
        flags: initFlags(cluster),
        lastObject: lastObject(cluster),
        endpoint: { vip, port },
      }),
      ...(Object.keys(kubelet).length > 0
        ? [kubeletConfigMap({ leader: host, minor, edit: (text) => withKubeletSettings(text, kubelet) })]
        : []),
    ];
  },
  // The VIP leads somewhere from here on: who joins the race for it later finds the holder's check passed.
  until: (host, { cluster: { loadBalancer } }) => [
    apiReady(host),
    apiThroughVip(host, loadBalancer.vip, loadBalancer.port),
  ],
};

/** What the last phase of `kubeadm init` makes; its addons come last, coredns before kube-proxy. */
function lastObject({ kubernetes: { skipPhases } }: Cluster): string {
  const skipped = (addon: string) => skipPhases.includes("addon") || skipPhases.includes(`addon/${addon}`);
  if (!skipped("kube-proxy")) return "-n kube-system daemonset/kube-proxy";
  return skipped("coredns") ? "-n kube-public configmap/cluster-info" : "-n kube-system deployment/coredns";
}
