import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

const { IPv4 } = ipaddr;

/** A block of IPv4 addresses; `first` and `last` are numbers, network and broadcast address included. */
export interface Subnet {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** `10.0.0.1` as a number, by which addresses are compared and counted; undefined for anything that is not four plain decimal numbers. */
export function parseAddress(text: string | undefined): number | undefined {
  // ipaddr.js would also parse short, octal and hexadecimal forms.
  return text !== undefined && isIPv4(text) ? numberOf(IPv4.parse(text)) : undefined;
}

export function formatAddress(address: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(address);
  return new IPv4([...bytes]).toString();
}

function numberOf({ octets }: ipaddr.IPv4): number {
  return Buffer.from(octets).readUInt32BE();
}

/** `10.0.0.0/24`; host bits are cleared (`formatSubnet` shows whether there were any). Undefined for anything else. */
export function parseSubnet(text: string | undefined): Subnet | undefined {
  // ipaddr.js would also accept a prefix with a leading zero.
  const [, host, bits] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text ?? "") ?? [];
  const address = parseAddress(host);
  return address === undefined ? undefined : subnetAround(address, Number(bits));
}

export function subnetAround(address: number, prefix: number): Subnet {
  const cidr = `${formatAddress(address)}/${prefix}`;
  const [first, last] = [IPv4.networkAddressFromCIDR(cidr), IPv4.broadcastAddressFromCIDR(cidr)];
  return { first: numberOf(first), last: numberOf(last), prefix };
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.first)}/${subnet.prefix}`;
}

export function contains(subnet: Subnet, address: number): boolean {
  return subnet.first <= address && address <= subnet.last;
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Addresses that no machine may have (RFC 6890): this network, loopback, link-local, multicast and reserved. */
const SPECIAL = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].flatMap(
  (text) => parseSubnet(text) ?? [],
);

/** Whether a machine may have it. */
export function isUnicast(address: number): boolean {
  return !SPECIAL.some((block) => contains(block, address));
}

/** Whether machines may have all of its addresses. */
export function isUnicastSubnet(subnet: Subnet): boolean {
  return !SPECIAL.some((block) => overlap(block, subnet));
}
