import { keepalivedCheck, keepalivedConfig, keepalivedHangUp, type VrrpInterfaces } from "../config/keepalived.ts";
import { restartDropIn } from "../config/restart.ts";
import { TripodError } from "../errors.ts";
import { network } from "../facts/network.ts";
import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { isLeader } from "./leader.ts";
import type { Situation } from "./phase.ts";

/** keepalived on a master, which can hold the VIP from then on. */
export function keepalived(host: Host, cluster: Cluster): Resource[] {
  const config = "/etc/keepalived/keepalived.conf";
  return [
    directory({ path: "/etc/keepalived", mode: 0o755 }),
    file({ path: "/etc/keepalived/check.sh", content: keepalivedCheck(cluster), mode: 0o755 }),
    file({ path: "/etc/keepalived/hang-up.sh", content: keepalivedHangUp(cluster), mode: 0o755 }),
    file({ path: config, content: keepalivedConfig(cluster, host.machine, interfacesOf(host, cluster)), mode: 0o644 }),
    ...dropIn("keepalived.service", cluster.loadBalancer.haproxy ? "haproxy.service" : undefined),
    service({ unit: "keepalived.service", reads: [config], reloads: true }),
  ];
}

export function dropIn(unit: string, after?: string): Resource[] {
  const folder = `/etc/systemd/system/${unit}.d`;
  return [
    directory({ path: folder, mode: 0o755 }),
    file({ path: `${folder}/tripod.conf`, content: restartDropIn(after), mode: 0o644 }),
  ];
}

/** VRRP goes by the interface of the address that the peers know; the VIP may be on another. */
function interfacesOf(host: Host, { loadBalancer }: Cluster): VrrpInterfaces {
  const own = host.fact(network).find(({ address }) => address === host.machine.address)?.interface;
  if (own !== undefined) return { own, vip: loadBalancer.interface ?? own };
  throw new TripodError("E_PREFLIGHT", `no interface has the address ${host.machine.address}`, {
    host: host.name,
    origin: host.machine.origin,
    hint: "correct its `address`: it is the one at which the other masters reach it",
  });
}

/** Masters of the cluster as it was before the run; where there is no cluster yet, the one on which it is created. */
export function mayHoldVip(master: Machine | Host, situation: Situation): boolean {
  const { nodes, machineStates } = situation.existing;
  const isMember = ({ name }: Machine | Host) =>
    nodes.size > 0 ? nodes.has(name) : machineStates.get(name)?.apiServer;
  return situation.cluster.masters.some(isMember) ? Boolean(isMember(master)) : isLeader(master, situation);
}
