import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";
import { HAPROXY_HEALTH_PORT } from "./haproxy.ts";
import { CHECK_WEIGHT, vrrpPriorities } from "./vrrp.ts";

/** Seconds; keepalived takes whole ones only. Nobody listening is known at once; to be slow for a while is no failure. */
const CHECK_INTERVAL = 1;
const CHECK_TIMEOUT = 3;

/** This master's side of the virtual IP; `interface` is the one that carries it here (`eth0`). For keepalived 2.0 and later. */
export function keepalivedConfig(cluster: Cluster, machine: Machine, device: string): string {
  const { masters, loadBalancer } = cluster;
  const priority = vrrpPriorities(masters.length)[masters.findIndex(({ name }) => name === machine.name)];
  if (priority === undefined) throw new TripodError("E_INTERNAL", `${machine.name} is no master: it has no keepalived`);
  return render("keepalived/keepalived.conf", {
    name: machine.name,
    address: machine.address,
    interface: device,
    vip: loadBalancer.vip,
    routerId: loadBalancer.routerId,
    advertInterval: loadBalancer.advertInterval / 1000,
    priority,
    peers: masters.filter(({ name }) => name !== machine.name).map(({ address }) => ({ address })),
    check: { interval: CHECK_INTERVAL, timeout: CHECK_TIMEOUT, fall: 2, rise: 5, weight: CHECK_WEIGHT },
  });
}

/** Asks haproxy where there is one (it knows which API servers are well), else this master's own API server. */
export function keepalivedCheck(cluster: Cluster): string {
  return render("keepalived/check.sh", {
    url: cluster.loadBalancer.haproxy
      ? `http://127.0.0.1:${HAPROXY_HEALTH_PORT}/healthz`
      : "https://127.0.0.1:6443/readyz",
    maxTime: CHECK_TIMEOUT - 0.5,
  });
}

/** Ends the connections that the VIP has left behind; iproute2's `ss`, and a kernel with CONFIG_INET_DIAG_DESTROY: others do nothing. */
export function keepalivedHangUp({ loadBalancer: { vip } }: Cluster): string {
  return render("keepalived/hang-up.sh", { vip });
}
