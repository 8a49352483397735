import { createHash } from "node:crypto";
import { formatAddress, parseAddress } from "../inventory/addresses.ts";

/** What the machine sees of a lab carries the lab's name, so that two labs do not meet. A lab's name is a DNS label: it has no dot. */
export function namespaceName(lab: string): string {
  return `tripod.${lab}`;
}

export function namespaceFile(lab: string): string {
  return `/run/netns/${namespaceName(lab)}`;
}

/** The beginning of every container's name of this lab, and of no other's. */
export function containerPrefix(lab: string): string {
  return `tripod.${lab}.`;
}

export function containerName(lab: string, machine: string): string {
  return containerPrefix(lab) + machine;
}

/** The bridge, in the lab's namespace. */
export const BRIDGE = "tripod0";

/** The lab's end of a host's cable; the kernel allows 15 characters. */
export function cableName(machine: string): string {
  const plain = `tp-${machine}`;
  return plain.length <= 15 ? plain : `tp-${createHash("sha256").update(machine).digest("hex").slice(0, 12)}`;
}

/**
 * A MAC address that follows from the IPv4 address, locally administered: with a random one, a host that was off is unreachable until its
 * neighbours forget the old one.
 */
export function macAddress(address: string): string {
  const octets = formatAddress(parseAddress(address) ?? 0).split(".");
  return ["02", "54", ...octets.map((octet) => Number(octet).toString(16).padStart(2, "0"))].join(":");
}
