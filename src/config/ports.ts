import { cniOf } from "../cni/index.ts";
import type { Cluster, Role } from "../inventory/cluster.ts";
import { API_SERVER_PORT, ETCD_CLIENT_PORT, ETCD_METRICS_PORT, ETCD_PEER_PORT, NODE_PORTS } from "../layout.ts";
import { HAPROXY_HEALTH_PORT } from "./haproxy.ts";

/** Who connects: programs of the same host, the masters, all machines of the cluster, these and their pods, or anyone. */
type From = "host" | "masters" | "machines" | "machines and pods" | "anyone";

/** One port, or IP protocol, that a role needs. */
export interface Port {
  /** `ip`: another protocol than TCP and UDP, which has no ports. */
  readonly protocol: "tcp" | "udp" | "ip";
  /** The port; of `ip`, the protocol's number. */
  readonly first: number;
  /** The last one of a range. */
  readonly last?: number;
  /** The program that listens; kube-proxy redirects NodePorts, and listens on none. */
  readonly program: string;
  readonly roles: readonly Role[];
  readonly from: From;
}

/** VRRP's number among the IP protocols. */
export const VRRP_PROTOCOL = 112;

const MASTERS = ["master"] as const;
const ALL = ["master", "worker"] as const;

/**
 * Which port of which role is used by whom, and from where: preflight, the check between hosts, the firewall and docs/firewall.md read
 * this list. The kubelet's is used by all machines, because a pod that reads metrics connects from its node's address.
 */
export function portMatrix({ loadBalancer, network }: Pick<Cluster, "loadBalancer" | "network">): readonly Port[] {
  const tcp = (first: number, program: string, roles: Port["roles"], from: From): Port => ({
    protocol: "tcp",
    first,
    program,
    roles,
    from,
  });
  return [
    tcp(ETCD_CLIENT_PORT, "etcd", MASTERS, "masters"),
    tcp(ETCD_PEER_PORT, "etcd", MASTERS, "masters"),
    tcp(ETCD_METRICS_PORT, "etcd", MASTERS, "host"),
    tcp(API_SERVER_PORT, "kube-apiserver", MASTERS, "anyone"),
    tcp(10_257, "kube-controller-manager", MASTERS, "host"),
    tcp(10_259, "kube-scheduler", MASTERS, "host"),
    ...(loadBalancer.haproxy
      ? [tcp(loadBalancer.port, "haproxy", MASTERS, "anyone"), tcp(HAPROXY_HEALTH_PORT, "haproxy", MASTERS, "host")]
      : []),
    { protocol: "ip", first: VRRP_PROTOCOL, program: "keepalived", roles: MASTERS, from: "masters" },
    tcp(10_250, "kubelet", ALL, "machines and pods"),
    { ...tcp(NODE_PORTS.first, "kube-proxy", ALL, "anyone"), last: NODE_PORTS.last },
    { ...tcp(NODE_PORTS.first, "kube-proxy", ALL, "anyone"), last: NODE_PORTS.last, protocol: "udp" },
    ...cniOf(network).traffic.map(({ protocol, number, program }): Port => ({
      protocol,
      first: number,
      program,
      roles: ALL,
      from: "machines",
    })),
  ];
}
