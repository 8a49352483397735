import { firstMaster } from "./first-master.ts";
import { keepalived, mayHoldVip } from "./keepalived.ts";
import { loadBalancer } from "./load-balancer.ts";
import { otherMasters } from "./other-masters.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";

/**
 * keepalived on the masters that have just joined. As soon as an API server answers, every haproxy uses it and every check passes: the
 * master with five successful checks first would outrank the first master, take the VIP and interrupt the machines that join through it.
 * So their keepalived starts after all masters have joined.
 */
export const standby: Phase = {
  name: "standby",
  title: "Standby for the VIP",
  needs: [sameHost(loadBalancer), allHosts(firstMaster), allHosts(otherMasters)],
  hosts: (situation) => situation.cluster.masters.filter((master) => !mayHoldVip(master, situation)),
  resources: (host, { cluster }) => keepalived(host, cluster),
};
