import type { Host } from "../host.ts";
import type { Machine } from "../inventory/cluster.ts";
import { keepalived } from "./keepalived.ts";
import { isLeader } from "./leader.ts";
import { allHosts, type Phase, sameHost, type Situation } from "./phase.ts";

/**
 * keepalived on the masters that have just joined. As soon as an API server answers, every haproxy uses it and every check passes: the
 * master with five successful checks first would outrank the first master, take the VIP and interrupt the machines that join through it.
 * So their keepalived starts after all masters have joined.
 */
export const standby: Phase = {
  name: "standby",
  title: "Standby for the VIP",
  needs: [sameHost("load-balancer"), allHosts("first-master"), allHosts("other-masters")],
  hosts: (situation) => situation.cluster.masters.filter((master) => !mayHoldVip(master, situation)),
  resources: (host, { cluster }) => keepalived(host, cluster),
};

/** Masters of the cluster as it was before the run; where there is no cluster yet, the one on which it is created. */
export function mayHoldVip(master: Machine | Host, situation: Situation): boolean {
  const { nodes, machineStates } = situation.existing;
  const isMember = ({ name }: Machine | Host) => (nodes.size > 0 ? nodes.has(name) : machineStates.get(name)?.apiServer);
  return situation.cluster.masters.some(isMember) ? Boolean(isMember(master)) : isLeader(master, situation);
}
