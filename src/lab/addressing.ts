import { TripodError } from "../errors.ts";
import { contains, formatAddress, parseAddress, type Subnet, subnetAround } from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** The lab's one L2 segment, and the operator's own address in it. */
export interface Addressing {
  readonly prefix: number;
  readonly operator: string;
}

/**
 * A /24 around the machines and the VIP, or the smallest larger subnet that holds them all. The operator gets the highest address that is
 * nobody's.
 */
export function addressing(cluster: Cluster): Addressing {
  const texts = [...cluster.machines.map(({ address }) => address), cluster.loadBalancer.vip];
  const taken = texts.flatMap((text) => parseAddress(text) ?? []);
  const subnet = subnetOf(taken);
  for (let address = subnet.last - 1; address > subnet.first; address -= 1)
    if (!taken.includes(address)) return { prefix: subnet.prefix, operator: formatAddress(address) };
  throw new TripodError("E_LAB", "no address is left for the operator in the machines' subnet");
}

function subnetOf(addresses: readonly number[]): Subnet {
  for (let prefix = 24; prefix > 0; prefix -= 1) {
    const subnet = subnetAround(addresses[0] ?? 0, prefix);
    if (addresses.every((address) => contains(subnet, address))) return subnet;
  }
  return subnetAround(0, 0);
}
