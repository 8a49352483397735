import { haproxyConfig } from "../config/haproxy.ts";
import { oneVipHolder } from "../health/vip.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { firewall } from "./firewall.ts";
import { isLeader } from "./leader.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { dropIn, keepalived, mayHoldVip } from "./keepalived.ts";
import { packages } from "./packages.ts";
import { preflight } from "./preflight/index.ts";

/**
 * The one address of the API: keepalived moves it, and haproxy (optional) spreads connections over all API servers. While a cluster is
 * created only its first master runs keepalived: no other can take the VIP from it in the middle of `kubeadm init` (`standby`).
 */
export const loadBalancer: Phase = {
  name: "load-balancer",
  title: "Load balancer",
  needs: [allHosts(preflight), sameHost(packages), sameHost(firewall)],
  hosts: ({ cluster }) => cluster.masters,
  resources: (host, context) => [
    ...(context.cluster.loadBalancer.haproxy ? haproxy(context.cluster) : []),
    ...(mayHoldVip(host, context) ? keepalived(host, context.cluster) : []),
  ],
  until: (host, context) =>
    isLeader(host, context) ? [oneVipHolder(context.masters, context.cluster.loadBalancer.vip)] : [],
};

function haproxy(cluster: Cluster): Resource[] {
  const config = "/etc/haproxy/haproxy.cfg";
  return [
    directory({ path: "/etc/haproxy", mode: 0o755 }),
    file({ path: config, content: haproxyConfig(cluster), mode: 0o644 }),
    ...dropIn("haproxy.service"),
    service({ unit: "haproxy.service", reads: [config], reloads: true }),
  ];
}
