import { TripodError } from "../errors.ts";
import {
  contains,
  formatAddress,
  parseAddress,
  parseSubnet,
  type Subnet,
  subnetAround,
} from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** The lab's one L2 segment, and the operator's own address in it. */
export interface Addressing {
  readonly prefix: number;
  readonly operator: string;
}

/**
 * The segment of the masters and the VIP, widened until it holds the workers too. The operator gets its highest address that is nobody's.
 * @throws TripodError E_LAB where no address is left
 */
export function addressing({ machines, loadBalancer }: Pick<Cluster, "machines" | "loadBalancer">): Addressing {
  const texts = [...machines.map(({ address }) => address), loadBalancer.vip];
  const taken = texts.flatMap((text) => parseAddress(text) ?? []);
  const subnet = around(taken, parseSubnet(loadBalancer.subnet));
  for (let address = subnet.last - 1; address > subnet.first; address -= 1)
    if (!taken.includes(address)) return { prefix: subnet.prefix, operator: formatAddress(address) };
  throw new TripodError("E_LAB", "no address is left for the operator in the machines' subnet");
}

function around(addresses: readonly number[], subnet = subnetAround(0, 0)): Subnet {
  if (addresses.every((address) => contains(subnet, address))) return subnet;
  return around(addresses, subnetAround(subnet.first, subnet.prefix - 1));
}
