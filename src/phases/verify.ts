import { sandboxImage } from "../config/images.ts";
import { firstServiceAddress } from "../config/service-address.ts";
import { noBootstrapTokens } from "../resources/bootstrap-token.ts";
import type { Resource } from "../resources/resource.ts";
import { workload } from "../resources/workload.ts";
import { isLeader, leader } from "./leader.ts";
import { allHosts, type Context, type Phase } from "./phase.ts";

/** After a change, a workload is scheduled and reached from every host; and nobody can join with this run's token any more. */
export const verify: Phase = {
  name: "verify",
  title: "Verify",
  needs: [allHosts("health")],
  hosts: (situation) => situation.cluster.masters.filter((master) => isLeader(master, situation)),
  resources: (_, context) => [tried(context), noBootstrapTokens({ leader: leader(context) })],
};

function tried(context: Context): Resource {
  const { cluster, hosts } = context;
  const { mastersSchedulable } = cluster.kubernetes;
  const replicas = Math.min(2, mastersSchedulable ? cluster.machines.length : cluster.workers.length);
  const withoutNetwork = "cni" in cluster.network && cluster.network.cni === "none";
  return workload({
    due: context.changes() > 0 && replicas > 0 && !withoutNetwork,
    leader: leader(context),
    hosts,
    replicas,
    image: cluster.containerd.sandboxImage ?? sandboxImage(cluster.kubernetes),
    serviceAddress: firstServiceAddress(cluster),
  });
}
