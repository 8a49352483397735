import { makesNodesReady } from "../cni/index.ts";
import { sandboxImage } from "../config/images.ts";
import { firstServiceAddress } from "../config/service-address.ts";
import { noBootstrapTokens } from "../resources/bootstrap-token.ts";
import type { Resource } from "../resources/resource.ts";
import { workload } from "../resources/workload.ts";
import { isLeader, leader } from "./leader.ts";
import { allHosts, type Context, type Phase } from "./phase.ts";
import { health } from "./health.ts";

/** This run's bootstrap token is deleted; and, after a change and until it has succeeded, every host reaches a pod on every node. */
export const verify: Phase = {
  name: "verify",
  title: "Verify",
  needs: [allHosts(health)],
  hosts: (situation) => situation.cluster.masters.filter((master) => isLeader(master, situation)),
  resources(_, context) {
    const { network } = context.cluster;
    const tokens = noBootstrapTokens({ leader: leader(context) });
    // The tokens first: they must not outlive a check that fails. Without a pod network there are no pods to reach.
    return makesNodesReady(network) ? [tokens, podsReached(context)] : [tokens];
  },
};

function podsReached(context: Context): Resource {
  const { cluster, hosts } = context;
  return workload({
    changed: context.changes() > 0,
    leader: leader(context),
    hosts,
    image: cluster.containerd.sandboxImage ?? sandboxImage(cluster.kubernetes),
    serviceAddress: firstServiceAddress(cluster),
  });
}
