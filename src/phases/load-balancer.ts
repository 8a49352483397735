import { haproxyConfig } from "../config/haproxy.ts";
import { keepalivedCheck, keepalivedConfig, keepalivedHangUp } from "../config/keepalived.ts";
import { restartDropIn } from "../config/restart.ts";
import { TripodError } from "../errors.ts";
import { network } from "../facts/network.ts";
import { oneVipHolder } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";

/** The one address of the API: keepalived moves it, and haproxy (by choice) spreads what arrives over all API servers. */
export const loadBalancer: Phase = {
  name: "load-balancer",
  title: "Load balancer",
  needs: [allHosts("preflight"), sameHost("packages")],
  hosts: (cluster) => cluster.masters,
  resources: (host, { cluster }) => [
    ...(cluster.loadBalancer.haproxy ? haproxy(cluster) : []),
    ...keepalived(host, cluster),
  ],
  until: (host, { masters, cluster }) =>
    host.name === masters[0]?.name ? [oneVipHolder(masters, cluster.loadBalancer.vip)] : [],
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

function keepalived(host: Host, cluster: Cluster): Resource[] {
  const config = "/etc/keepalived/keepalived.conf";
  return [
    directory({ path: "/etc/keepalived", mode: 0o755 }),
    file({ path: "/etc/keepalived/check.sh", content: keepalivedCheck(cluster), mode: 0o755 }),
    file({ path: "/etc/keepalived/hang-up.sh", content: keepalivedHangUp(cluster), mode: 0o755 }),
    file({ path: config, content: keepalivedConfig(cluster, host.machine, carrier(host, cluster)), mode: 0o644 }),
    ...dropIn("keepalived.service", cluster.loadBalancer.haproxy ? "haproxy.service" : undefined),
    service({ unit: "keepalived.service", reads: [config], reloads: true }),
  ];
}

function dropIn(unit: string, after?: string): Resource[] {
  const folder = `/etc/systemd/system/${unit}.d`;
  return [
    directory({ path: folder, mode: 0o755 }),
    file({ path: `${folder}/tripod.conf`, content: restartDropIn(after), mode: 0o644 }),
  ];
}

/** The interface that carries the VIP on this master. */
function carrier(host: Host, { loadBalancer: { interface: named } }: Cluster): string {
  const name = named ?? host.fact(network).find(({ address }) => address === host.machine.address)?.interface;
  if (!name)
    throw new TripodError("E_PREFLIGHT", `no interface has the address ${host.machine.address}`, {
      host: host.name,
      origin: host.machine.origin,
      hint: "mend its address, or name the interface that carries the VIP as `loadBalancer.interface`",
    });
  return name;
}
