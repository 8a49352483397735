import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { API_SERVER_PORT } from "../layout.ts";
import { render } from "../render/render.ts";
import { HAPROXY_HEALTH_PORT } from "./haproxy.ts";
import { CHECK_WEIGHT, vrrpPriorities } from "./vrrp.ts";

/** Seconds; keepalived takes whole ones only. A closed port is detected at once; a slow answer is not a failure. */
const CHECK_INTERVAL = 1;
const CHECK_TIMEOUT = 3;

/** Interfaces of a master: the one with its own address, by which VRRP goes, and the one that carries the virtual IP; often the same. */
export interface VrrpInterfaces {
  readonly own: string;
  readonly vip: string;
}

/** keepalived's configuration on this master. For keepalived 2.0 and later. */
export function keepalivedConfig(cluster: Cluster, machine: Machine, { own, vip }: VrrpInterfaces): string {
  const { masters, loadBalancer } = cluster;
  const priority = vrrpPriorities(masters.length)[masters.findIndex(({ name }) => name === machine.name)];
  if (priority === undefined)
    throw new TripodError("E_INTERNAL", `${machine.name} is not a master, so it has no keepalived`);
  return render("keepalived/keepalived.conf", {
    name: machine.name,
    address: machine.address,
    interface: own,
    vipInterface: vip,
    otherInterface: vip !== own,
    vip: loadBalancer.vip,
    routerId: loadBalancer.routerId,
    advertInterval: loadBalancer.advertInterval / 1000,
    priority,
    peers: masters.filter(({ name }) => name !== machine.name).map(({ address }) => ({ address })),
    check: { interval: CHECK_INTERVAL, timeout: CHECK_TIMEOUT, fall: 2, rise: 5, weight: CHECK_WEIGHT },
  });
}

/** Checks haproxy where there is one (it knows which API servers are healthy), else this master's own API server. */
export function keepalivedCheck(cluster: Cluster): string {
  return render("keepalived/check.sh", {
    url: cluster.loadBalancer.haproxy
      ? `http://127.0.0.1:${HAPROXY_HEALTH_PORT}/healthz`
      : `https://127.0.0.1:${API_SERVER_PORT}/readyz`,
    maxTime: CHECK_TIMEOUT - 0.5,
  });
}

/** Closes stale connections after the VIP has moved; needs iproute2's `ss` and a kernel with CONFIG_INET_DIAG_DESTROY, else it does nothing. */
export function keepalivedHangUp({ loadBalancer: { vip } }: Cluster): string {
  return render("keepalived/hang-up.sh", { vip });
}
