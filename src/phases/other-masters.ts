import { apiReady, certificateServed } from "../health/api.ts";
import { join } from "./credentials.ts";
import { isLeader } from "./leader.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { certificates } from "./certificates.ts";
import { etcd } from "./etcd.ts";
import { firstMaster } from "./first-master.ts";
import { kubernetes } from "./kubernetes.ts";
import { podNetwork } from "./pod-network.ts";
import { prepare } from "./prepare.ts";

/**
 * The other masters join in parallel: etcd is external, so no etcd members are added during a join. Their certificates are already on
 * the hosts, written from memory, so no secret has to be stored in the cluster for them to fetch.
 */
export const otherMasters: Phase = {
  name: "other-masters",
  title: "Other masters",
  needs: [
    sameHost(prepare),
    sameHost(certificates),
    sameHost(kubernetes),
    sameHost(podNetwork),
    sameHost(etcd),
    allHosts(firstMaster),
  ],
  hosts: (situation) => situation.cluster.masters.filter((master) => !isLeader(master, situation)),
  resources: (host, context) => [join(host, context)],
  until: (host, { cluster }) => [apiReady(host), certificateServed(host, cluster.kubernetes.certSans)],
};
