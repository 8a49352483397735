import type { Cluster } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";

/** The port of haproxy's health endpoint: HTTP, /healthz, on loopback only. */
export const HAPROXY_HEALTH_PORT = 8404;

/** haproxy in front of all API servers; the same text on every master. For haproxy 2.2 and later. */
export function haproxyConfig(cluster: Cluster): string {
  return render("haproxy/haproxy.cfg", {
    port: cluster.loadBalancer.port,
    healthPort: HAPROXY_HEALTH_PORT,
    servers: cluster.masters.map(({ name, address }) => ({ name, address })),
  });
}
