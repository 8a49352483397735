import { z } from "zod";
import { API_SERVER_PORT, ETCD_CLIENT_PORT, ETCD_METRICS_PORT, ETCD_PEER_PORT, NODE_PORTS } from "../../layout.ts";
import type { Problem } from "../problem.ts";
import { duration, integer, ipv4, networkInterface, subnet } from "../scalars.ts";

export const HAPROXY_PORT = 8443;

/** Ports that are in use on every master. */
const TAKEN: Readonly<Record<number, string>> = {
  22: "sshd",
  [ETCD_CLIENT_PORT]: "etcd",
  [ETCD_PEER_PORT]: "etcd",
  [ETCD_METRICS_PORT]: "etcd",
  8404: "haproxy's health page for keepalived",
  10248: "the kubelet",
  10249: "kube-proxy",
  10250: "the kubelet",
  10256: "kube-proxy",
  10257: "the controller manager",
  10259: "the scheduler",
};

export const loadBalancer = z
  .strictObject({
    vip: ipv4
      .describe("The virtual IP: an unused address in the masters' subnet. It is the cluster's address.")
      .meta({ life: "at creation", examples: ["10.0.0.10"] }),
    subnet: subnet
      .optional()
      .describe(
        "The subnet of the L2 segment that the masters and the VIP share. Default: the /24 around the first master.",
      )
      .meta({ life: "operator's side", examples: ["10.0.0.0/22"] }),
    interface: networkInterface
      .optional()
      .describe("The interface that has the VIP. Default: on each master the one that has its own address.")
      .meta({ life: "any time", examples: ["eth0"] }),
    routerId: integer(1, 255)
      .default(51)
      .describe("VRRP's virtual router id: no other keepalived in the segment may use it.")
      .meta({ life: "any time" }),
    advertInterval: duration
      .prefault("200ms")
      .describe(
        "Time between VRRP advertisements, 10ms to 40.95s in whole hundredths of a second. A dead master is detected after three.",
      )
      .meta({ life: "any time" }),
    haproxy: z
      .boolean()
      .default(true)
      .describe(
        "haproxy on every master in front of all API servers. Without it the VIP reaches its holder's own API server.",
      )
      .meta({ life: "at creation" }),
    port: integer(1, 65_535)
      .optional()
      .describe(
        `The port of the API at the VIP. Default: ${HAPROXY_PORT} with haproxy; without it ${API_SERVER_PORT}, the only possible value.`,
      )
      .meta({ life: "at creation", examples: [HAPROXY_PORT] }),
  })
  .describe("keepalived, which moves the VIP between the masters, and haproxy.");

export function* loadBalancerRules(settings: Partial<z.output<typeof loadBalancer>>): Iterable<Problem> {
  const { advertInterval, haproxy, port, interface: carrier } = settings;
  if (carrier === "lo")
    yield {
      path: ["loadBalancer", "interface"],
      message: "`lo` cannot have the VIP: no other machine reaches an address there",
      hint: "set the interface that is in the masters' segment, or remove the key",
    };
  // VRRPv3 (RFC 5798) sends it in centiseconds, in 12 bits.
  if (advertInterval !== undefined && (advertInterval % 10 !== 0 || advertInterval > 40_950))
    yield {
      path: ["loadBalancer", "advertInterval"],
      message: `${advertInterval} ms is not possible in VRRP: set whole hundredths of a second from 10ms to 40.95s`,
    };
  if (port === undefined) return;
  const path = ["loadBalancer", "port"];
  const taken = TAKEN[port];
  if (haproxy === true && port === API_SERVER_PORT)
    yield {
      path,
      message: `haproxy cannot listen on ${port}, where the API server on the same host does`,
      hint: `set ${HAPROXY_PORT}, or haproxy: false`,
    };
  else if (haproxy === false && port !== API_SERVER_PORT)
    yield { path, message: `without haproxy nothing listens on ${port}: the API server's port is ${API_SERVER_PORT}` };
  else if (taken !== undefined) yield { path, message: `port ${port} is in use on every master, by ${taken}` };
  else if (port >= NODE_PORTS.first && port <= NODE_PORTS.last)
    yield {
      path,
      message: `port ${port} is in the range of NodePort services, ${NODE_PORTS.first} to ${NODE_PORTS.last}`,
    };
}
