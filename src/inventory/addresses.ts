import { isIPv4 } from "node:net";

/** A block of IPv4 addresses; `first` and `last` are numbers, network and broadcast address included. */
export interface Subnet {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** `10.0.0.1` as a number; undefined for anything that is not four plain decimal numbers. */
export function parseAddress(text: string | undefined): number | undefined {
  if (text === undefined || !isIPv4(text)) return undefined;
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** `10.0.0.0/24`; host bits are cleared (`formatSubnet` shows whether there were any). Undefined for anything else. */
export function parseSubnet(text: string | undefined): Subnet | undefined {
  const [, host, bits] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text ?? "") ?? [];
  const address = parseAddress(host);
  return address === undefined ? undefined : subnetAround(address, Number(bits));
}

export function subnetAround(address: number, prefix: number): Subnet {
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1, prefix };
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
