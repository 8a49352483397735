import { sandboxImage } from "../config/images.ts";
import { firstServiceAddress } from "../config/service-address.ts";
import { noBootstrapTokens } from "../resources/bootstrap-token.ts";
import type { Resource } from "../resources/resource.ts";
import { workload } from "../resources/workload.ts";
import { isLeader, leader } from "./leader.ts";
import { allHosts, type Context, type Phase } from "./phase.ts";

/** Nobody can join with this run's token any more; and a pod on every node is reached from every host, after a change and until it was. */
export const verify: Phase = {
  name: "verify",
  title: "Verify",
  needs: [allHosts("health")],
  hosts: (situation) => situation.cluster.masters.filter((master) => isLeader(master, situation)),
  resources(_, context) {
    const { network } = context.cluster;
    const tokens = noBootstrapTokens({ leader: leader(context) });
    // The tokens first: they must not outlive a trial that fails. And without a pod network there is nothing to be reached by.
    return "cni" in network && network.cni === "none" ? [tokens] : [tokens, tried(context)];
  },
};

function tried(context: Context): Resource {
  const { cluster, hosts } = context;
  return workload({
    changed: context.changes() > 0,
    leader: leader(context),
    hosts,
    image: cluster.containerd.sandboxImage ?? sandboxImage(cluster.kubernetes),
    serviceAddress: firstServiceAddress(cluster),
  });
}
