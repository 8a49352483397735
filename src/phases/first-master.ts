import { initConfig, initFlags } from "../config/kubeadm.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { apiReady } from "../health/api.ts";
import { kubeadmInit } from "../resources/kubeadm.ts";
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
    if (through.name !== host.name) return [await join(host, context)];
    return [
      kubeadmInit({
        leader: through,
        controlPlane: true,
        config: async () => initConfig(context.cluster, host.machine, { token: await token(context) }),
        flags: initFlags(context.cluster),
        lastObject: lastObject(context.cluster),
      }),
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
