import { createHash } from "node:crypto";
import { formatAddress, parseAddress } from "../inventory/addresses.ts";

/** The name of a lab's network namespace. It contains the lab's name, so that labs do not collide; a lab's name is a DNS label without dots. */
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

/** The prefix of the names of this lab's containers, and of no other's. */
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

/** The lab's end of a host's veth pair; each interface of the host has one. */
export function cableName(machine: string, index = 0): string {
  const plain = index === 0 ? `tp-${machine}` : `tp-${machine}+${index}`;
  return plain.length <= 15 ? plain : `tp-${createHash("sha256").update(plain).digest("hex").slice(0, 12)}`;
}

/**
 * A MAC address that follows from the IPv4 address, locally administered: with a random one, a restarted host is unreachable until its
 * neighbours' ARP entries expire.
 */
export function macAddress(address: string): string {
  const octets = formatAddress(parseAddress(address) ?? 0).split(".");
  return ["02", "54", ...octets.map((octet) => Number(octet).toString(16).padStart(2, "0"))].join(":");
}
