import { initConfig, initFlags } from "../config/kubeadm.ts";
import { withCertSans, withKubeProxySettings } from "../config/cluster-settings.ts";
import { withKubeletSettings } from "../config/kubelet-settings.ts";
import { apiReady, apiThroughVip, certificateServed } from "../health/api.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { kubeadmInit } from "../resources/kubeadm.ts";
import { configMap, kubeletConfigMapName } from "../resources/config-map.ts";
import { kubeProxyPods } from "../resources/kube-proxy-pods.ts";
import type { Resource } from "../resources/resource.ts";
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
    return [
      kubeadmInit({
        leader: host,
        controlPlane: true,
        config: async () => initConfig(cluster, host.machine, { token: await token(context) }),
        flags: initFlags(cluster),
        lastObject: lastObject(cluster),
        endpoint: { vip, port },
      }),
      ...settings(host, cluster),
    ];
  },
  // The VIP leads somewhere from here on: who joins the race for it later finds the holder's check passed.
  until: (host, { cluster, cluster: { loadBalancer } }) => [
    apiReady(host),
    certificateServed(host, cluster.kubernetes.certSans),
    apiThroughVip(host, loadBalancer.vip, loadBalancer.port),
  ],
};

/** What kubeadm has laid into the cluster once, and never again, where the inventory says something of it. */
function settings(leader: Host, cluster: Cluster): Resource[] {
  const { kubelet, kubeProxy, minor } = cluster.kubernetes;
  const some = (given: object) => Object.keys(given).length > 0;
  return [
    configMap({
      leader,
      name: "kubeadm-config",
      key: "ClusterConfiguration",
      edit: (text) => withCertSans(text, cluster),
    }),
    ...(some(kubelet)
      ? [
          configMap({
            leader,
            name: kubeletConfigMapName(minor),
            key: "kubelet",
            edit: (text) => withKubeletSettings(text, kubelet),
          }),
        ]
      : []),
    ...(some(kubeProxy)
      ? [
          configMap({
            leader,
            name: "kube-proxy",
            key: "config.conf",
            edit: (text) => withKubeProxySettings(text, kubeProxy),
          }),
          kubeProxyPods({ leader }),
        ]
      : []),
  ];
}

/** What the last phase of `kubeadm init` makes; its addons come last, coredns before kube-proxy. */
function lastObject({ kubernetes: { skipPhases } }: Cluster): string {
  const skipped = (addon: string) => skipPhases.includes("addon") || skipPhases.includes(`addon/${addon}`);
  if (!skipped("kube-proxy")) return "-n kube-system daemonset/kube-proxy";
  return skipped("coredns") ? "-n kube-public configmap/cluster-info" : "-n kube-system deployment/coredns";
}
