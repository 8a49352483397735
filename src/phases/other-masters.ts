import { apiReady, certificateServed } from "../health/api.ts";
import { join } from "./credentials.ts";
import { isLeader } from "./leader.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";

/**
 * The other masters join side by side: etcd is external, so there is no member race. Their certificates are there already, laid
 * from memory, so nothing secret is left in the cluster for them to fetch.
 */
export const otherMasters: Phase = {
  name: "other-masters",
  title: "Other masters",
  needs: [
    sameHost("prepare"),
    sameHost("certificates"),
    sameHost("kubernetes"),
    sameHost("pod-network"),
    sameHost("etcd"),
    allHosts("first-master"),
  ],
  hosts: (situation) => situation.cluster.masters.filter((master) => !isLeader(master, situation)),
  resources: (host, context) => [join(host, context)],
  until: (host, { cluster }) => [apiReady(host), certificateServed(host, cluster.kubernetes.certSans)],
};
