import { makesNodesReady } from "../cni/index.ts";
import { apiReady, apiThroughVip, certificateServed } from "../health/api.ts";
import { dnsAnswers } from "../health/dns.ts";
import { etcdHealthy } from "../health/etcd.ts";
import { controllersLead } from "../health/leases.ts";
import { loadBalancerWorks } from "../health/load-balancer.ts";
import { nodesReady } from "../health/nodes.ts";
import { hasPodRoutes, podRoutesPresent } from "../health/pod-routes.ts";
import { oneVipHolder, STEADY } from "../health/vip.ts";
import { ROLLED_OUT_WITHIN, rolledOut } from "../health/rollouts.ts";
import { shownSource } from "../inventory/shown.ts";
import { manifestObjects, type ManifestObject } from "../resources/manifest-objects.ts";
import { haproxyServers } from "../resources/haproxy-server.ts";
import { isLeader, leader } from "./leader.ts";
import { manifestOf, manifestText } from "./manifest-text.ts";
import { allHosts, type Context, type Phase } from "./phase.ts";
import { etcd } from "./etcd.ts";
import { loadBalancer } from "./load-balancer.ts";
import { networkManifest } from "./network-manifest.ts";
import { nodes } from "./nodes.ts";
import { standby } from "./standby.ts";

/** An apply succeeds only after the whole cluster has been seen to work, from the hosts and with the real programs. */
export const health: Phase = {
  name: "health",
  title: "Health",
  needs: [allHosts(etcd), allHosts(loadBalancer), allHosts(networkManifest), allHosts(standby), allHosts(nodes)],
  hosts: ({ cluster }) => cluster.masters,
  resources: (_, { cluster }) => (cluster.loadBalancer.haproxy ? [haproxyServers({})] : []),
  async until(host, context) {
    const { cluster, hosts, masters } = context;
    if (!isLeader(host, context)) return [];
    const { vip, port } = cluster.loadBalancer;
    const asked = leader(context);
    const names = cluster.machines.map(({ name }) => name);
    const workloads = await networkWorkloads(context);
    const within = workloads.length > 0 ? ROLLED_OUT_WITHIN : undefined;
    return [
      etcdHealthy(host, masters),
      // A change may have moved the VIP: it counts as settled once it has stayed for a while.
      oneVipHolder(hosts, vip, { steady: context.changes() > 0 ? STEADY : 0 }),
      ...masters.map((master) => apiReady(master)),
      ...masters.map((master) => certificateServed(master, cluster.kubernetes.certSans)),
      ...masters.map((master) => loadBalancerWorks(master, cluster)),
      apiThroughVip(host, vip, port),
      controllersLead(asked),
      ...(workloads.length > 0 ? [rolledOut(asked, workloads, names)] : []),
      ...(hasPodRoutes(cluster) ? [podRoutesPresent(hosts, cluster.machines)] : []),
      // Without a pod network nodes stay NotReady, as the inventory asks.
      ...(makesNodesReady(cluster.network)
        ? [nodesReady(asked, names, hosts, within), dnsAnswers(asked, cluster, within)]
        : []),
    ];
  },
};

/** What runs pods in the pod network's manifest. */
async function networkWorkloads(context: Context): Promise<ManifestObject[]> {
  const from = manifestOf(context.cluster);
  if (!from) return [];
  const documents = manifestObjects(shownSource(from.manifest), await manifestText(context, from));
  return documents
    .flatMap(({ objects }) => objects)
    .filter(({ kind }) => kind === "DaemonSet" || kind === "Deployment");
}
