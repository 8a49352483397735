import { formatAddress, parseSubnet } from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** The Service `kubernetes` always has the first address of its subnet. */
export function firstServiceAddress({ kubernetes }: Pick<Cluster, "kubernetes">): string {
  return formatAddress((parseSubnet(kubernetes.serviceSubnet)?.first ?? 0) + 1);
}
