import { createHash } from "node:crypto";
import { formatAddress, parseAddress } from "../inventory/addresses.ts";

/** What the machine sees of a lab carries the lab's name, so that two labs do not meet. A lab's name is a DNS label: it has no dot. */
export function namespaceName(lab: string): string {
  return `tripod.${lab}`;
}

/** The folder of `ip netns`. */
export const NAMESPACES = "/run/netns";

export function namespaceFile(lab: string): string {
  return `${NAMESPACES}/${namespaceName(lab)}`;
}

/** The lab whose namespace has this name; undefined for one that is not ours. */
export function labOfNamespace(name: string): string | undefined {
  return name.startsWith(namespaceName("")) ? name.slice(namespaceName("").length) : undefined;
}

/** The beginning of every container's name of this lab, and of no other's. */
export function containerPrefix(lab: string): string {
  return `tripod.${lab}.`;
}

export function containerName(lab: string, machine: string): string {
  return containerPrefix(lab) + machine;
}

/** The bridge of a segment, in the lab's namespace, by the segment's first address: the kernel allows 15 characters. */
export function bridgeName(subnet: number): string {
  return `tripod${subnet.toString(16).padStart(8, "0")}`;
}

/** The lab's end of a host's cable; its second interface has one too. */
export function cableName(machine: string, index = 0): string {
  const plain = index === 0 ? `tp-${machine}` : `tp-${machine}+${index}`;
  return plain.length <= 15 ? plain : `tp-${createHash("sha256").update(plain).digest("hex").slice(0, 12)}`;
}

/**
 * A MAC address that follows from the IPv4 address, locally administered: with a random one, a host that was off is unreachable until its
 * neighbours forget the old one.
 */
export function macAddress(address: string): string {
  const octets = formatAddress(parseAddress(address) ?? 0).split(".");
  return ["02", "54", ...octets.map((octet) => Number(octet).toString(16).padStart(2, "0"))].join(":");
}
