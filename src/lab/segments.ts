import { TripodError } from "../errors.ts";
import {
  contains,
  formatAddress,
  formatSubnet,
  overlap,
  parseAddress,
  parseSubnet,
  type Subnet,
  subnetAround,
} from "../inventory/addresses.ts";
import { bridgeName } from "./names.ts";

/** One L2 segment of the lab, on its own bridge. The operator's namespace is in all segments, and routes between them. */
export interface Segment {
  readonly subnet: Subnet;
  /** The operator's address in it, which is its machines' gateway. */
  readonly operator: string;
  readonly bridge: string;
}

/**
 * The segments of these addresses: the masters', which the inventory sets, and for others the usual /24 around them, or a smaller one if
 * that would overlap another segment.
 * @param taken addresses that the operator must not use although no machine has them
 * @throws TripodError E_LAB if no address is left for the operator
 */
export function segments(masters: string, addresses: readonly string[], taken: readonly string[]): Segment[] {
  const numbers = addresses.flatMap((text) => parseAddress(text) ?? []);
  const all = [...numbers, ...taken.flatMap((text) => parseAddress(text) ?? [])];
  const subnets = [masters].flatMap((text) => parseSubnet(text) ?? []);
  for (const address of numbers)
    if (!subnets.some((subnet) => contains(subnet, address))) subnets.push(around(address, 24, subnets));
  return subnets.map((subnet) => ({
    subnet,
    operator: formatAddress(highestFree(subnet, all)),
    bridge: bridgeName(subnet.first),
  }));
}

/** The segment of an address that was passed to `segments`. */
export function segmentOf(all: readonly Segment[], address: string): Segment {
  const number = parseAddress(address) ?? 0;
  const found = all.find(({ subnet }) => contains(subnet, number));
  if (!found) throw new TripodError("E_INTERNAL", `${address} is in no segment of the lab`);
  return found;
}

/** A documentation address (RFC 5737) in none of these segments, for a bastion that the inventory sets by name. */
export function documentationAddress(subnets: readonly Segment[], index: number): string {
  const blocks = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].flatMap((text) => parseSubnet(text) ?? []);
  const free = blocks.find((block) => !subnets.some(({ subnet }) => overlap(subnet, block)));
  if (free) return formatAddress(free.first + 1 + index);
  throw new TripodError("E_LAB", "no address is left for a bastion that the inventory sets by name", {
    why: "the inventory's machines use all blocks of documentation addresses (RFC 5737)",
    hint: "set the bastion's address in the inventory",
  });
}

function around(address: number, prefix: number, others: readonly Subnet[]): Subnet {
  const subnet = subnetAround(address, prefix);
  return others.some((other) => overlap(subnet, other)) ? around(address, prefix + 1, others) : subnet;
}

function highestFree(subnet: Subnet, taken: readonly number[]): number {
  for (let address = subnet.last - 1; address > subnet.first; address -= 1)
    if (!taken.includes(address)) return address;
  throw new TripodError("E_LAB", `no address is left for the operator in ${formatSubnet(subnet)}`, {
    hint: "use a larger subnet in the inventory: the lab needs one address more than the machines and the VIP",
  });
}
