import type { PodCidrs } from "../config/bridge.ts";
import { podCidrs } from "../config/pod-cidr.ts";
import { type Context, onceKey } from "./phase.ts";

/** The configuration of the pod network `bridge` on a host; it contains the host's pod CIDR. */
export const CONFLIST = "/etc/cni/net.d/10-tripod.conflist";

const POD_CIDRS = onceKey<PodCidrs>("pod CIDRs");

/**
 * Every host keeps the CIDR in its own configuration: its pods have addresses from it.
 * @throws TripodError E_REFUSED where such a CIDR is not one that its pods can have
 */
export function cidrsOf(context: Context): Promise<PodCidrs> {
  const { cluster, existing } = context;
  return context.once(POD_CIDRS, async () => {
    const current = await Promise.all(
      context.hosts.map(async (host): Promise<[string, string][]> => {
        const cidr = /"subnet":\s*"([\d./]+)"/.exec((await host.read(`cat ${CONFLIST}`)).stdout)?.[1];
        return cidr ? [[host.name, cidr]] : [];
      }),
    );
    const unknownNodes = existing.unknownNodes.flatMap(({ name, podCidr }): [string, string][] =>
      podCidr ? [[name, podCidr]] : [],
    );
    return podCidrs(cluster, new Map([...unknownNodes, ...current.flat()]));
  });
}
