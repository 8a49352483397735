import { sandboxImage } from "../config/images.ts";
import { formatAddress, parseSubnet } from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { noBootstrapTokens } from "../resources/bootstrap-token.ts";
import type { Resource } from "../resources/resource.ts";
import { workload } from "../resources/workload.ts";
import { leader } from "./leader.ts";
import { allHosts, type Context, type Phase } from "./phase.ts";

/** Nobody can join with this run's token any more; and a pod on every node is reached from every host, after a change and until it was. */
export const verify: Phase = {
  name: "verify",
  title: "Verify",
  needs: [allHosts("health")],
  hosts: (cluster) => cluster.masters.slice(0, 1),
  async resources(_, context) {
    const { network } = context.cluster;
    const tokens = noBootstrapTokens({ leader: await leader(context) });
    // The tokens first: they must not outlive a trial that fails. And without a pod network there is nothing to be reached by.
    return "cni" in network && network.cni === "none" ? [tokens] : [tokens, await tried(context)];
  },
};

async function tried(context: Context): Promise<Resource> {
  const { cluster, hosts } = context;
  return workload({
    changed: context.changes() > 0,
    leader: await leader(context),
    hosts,
    image: cluster.containerd.sandboxImage ?? sandboxImage(cluster.kubernetes),
    serviceAddress: firstServiceAddress(cluster),
  });
}

/** The Service `kubernetes` always has the first address of its subnet. */
function firstServiceAddress({ kubernetes }: Cluster): string {
  return formatAddress((parseSubnet(kubernetes.serviceSubnet)?.first ?? 0) + 1);
}
