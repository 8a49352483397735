import { initConfig, initFlags } from "../config/kubeadm.ts";
import { withCertSans } from "../config/cluster-settings.ts";
import { withComponentSettings } from "../config/component-settings.ts";
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
import { resolvConfOf } from "./resolv-conf.ts";
import { certificates } from "./certificates.ts";
import { etcd } from "./etcd.ts";
import { firstKubernetes } from "./kubernetes.ts";
import { loadBalancer } from "./load-balancer.ts";
import { podNetwork } from "./pod-network.ts";
import { prepare } from "./prepare.ts";

/** `kubeadm init`, once in the life of a cluster; in an existing cluster, the settings that it wrote, through the leader. */
export const firstMaster: Phase = {
  name: "first-master",
  title: "First master",
  needs: [
    sameHost(prepare),
    sameHost(certificates),
    sameHost(firstKubernetes),
    sameHost(podNetwork),
    allHosts(etcd),
    allHosts(loadBalancer),
  ],
  hosts: (situation) => situation.cluster.masters.filter((master) => isLeader(master, situation)),
  resources(host, context) {
    const { cluster } = context;
    const { vip, port } = cluster.loadBalancer;
    return [
      kubeadmInit({
        leader: host,
        controlPlane: true,
        config: async () =>
          initConfig(
            cluster,
            host.machine,
            { token: await token(context) },
            { resolvConf: resolvConfOf(host, context) },
          ),
        flags: initFlags(cluster),
        lastObject: lastObject(cluster),
        endpoint: { vip, port },
      }),
      ...settings(host, cluster),
    ];
  },
  // An API server answers at the VIP from here on: masters whose keepalived starts later find that the VIP holder's check passes.
  until: (host, { cluster, cluster: { loadBalancer } }) => [
    apiReady(host),
    certificateServed(host, cluster.kubernetes.certSans),
    apiThroughVip(host, loadBalancer.vip, loadBalancer.port),
  ],
};

/** What kubeadm writes into the cluster once and never updates, where the inventory sets it. */
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
            edit: (text) => withComponentSettings(text, kubelet),
          }),
        ]
      : []),
    ...(some(kubeProxy)
      ? [
          configMap({
            leader,
            name: "kube-proxy",
            key: "config.conf",
            edit: (text) => withComponentSettings(text, kubeProxy),
          }),
          kubeProxyPods({ leader }),
        ]
      : []),
  ];
}

/** The object that `kubeadm init` creates last; its addons come last, coredns before kube-proxy. */
function lastObject({ kubernetes: { skipPhases } }: Cluster): string {
  const skipped = (addon: string) => skipPhases.includes("addon") || skipPhases.includes(`addon/${addon}`);
  if (!skipped("kube-proxy")) return "-n kube-system daemonset/kube-proxy";
  return skipped("coredns") ? "-n kube-public configmap/cluster-info" : "-n kube-system deployment/coredns";
}
