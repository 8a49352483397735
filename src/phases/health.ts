import { apiReady, apiThroughVip } from "../health/api.ts";
import { etcdWhole } from "../health/etcd.ts";
import { nodesReady } from "../health/nodes.ts";
import { oneVipHolder } from "../health/vip.ts";
import { haproxyServers } from "../resources/haproxy-server.ts";
import { isLeader, leader } from "./leader.ts";
import { allHosts, type Phase } from "./phase.ts";

/** Nothing is called done before the whole of it has been seen to work, from the hosts and with the real programs. */
export const health: Phase = {
  name: "health",
  title: "Health",
  needs: [
    allHosts("etcd"),
    allHosts("load-balancer"),
    allHosts("network-manifest"),
    allHosts("standby"),
    allHosts("nodes"),
  ],
  hosts: ({ cluster }) => cluster.masters,
  resources: (_, { cluster }) => (cluster.loadBalancer.haproxy ? [haproxyServers({})] : []),
  until(host, context) {
    const { cluster, masters } = context;
    if (!isLeader(host, context)) return [];
    const { vip, port } = cluster.loadBalancer;
    const hasNetwork = !("cni" in cluster.network && cluster.network.cni === "none");
    return [
      etcdWhole(host, masters),
      oneVipHolder(masters, vip),
      ...masters.map((master) => apiReady(master)),
      apiThroughVip(host, vip, port),
      // Without a pod network nodes stay NotReady, as the inventory wants it.
      ...(hasNetwork
        ? [
            nodesReady(
              leader(context),
              cluster.machines.map(({ name }) => name),
            ),
          ]
        : []),
    ];
  },
};
