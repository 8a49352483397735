import type { Cluster } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";

/** Where haproxy says, on loopback alone and over HTTP at /healthz, that it is there. */
export const HAPROXY_HEALTH_PORT = 8404;

/** haproxy in front of all API servers; the same text on every master. For haproxy 2.2 and later. */
export function haproxyConfig(cluster: Cluster): string {
  return render("haproxy/haproxy.cfg", {
    port: cluster.loadBalancer.port,
    healthPort: HAPROXY_HEALTH_PORT,
    servers: cluster.masters.map(({ name, address }) => ({ name, address })),
  });
}
