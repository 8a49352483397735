import { existsSync } from "node:fs";
import type { Addressing } from "./addressing.ts";
import { attempt, local } from "./local.ts";
import { BRIDGE, namespaceFile, namespaceName } from "./names.ts";

/** The argv with which a program runs in the lab's network. */
export function inNetwork(lab: string): string[] {
  return ["nsenter", `--net=${namespaceFile(lab)}`];
}

export function networkExists(lab: string): boolean {
  return existsSync(namespaceFile(lab));
}

/**
 * A network namespace with a bridge in it and nothing else: no way out, whatever addresses the inventory has. Each line may find its work
 * done already.
 */
const SCRIPT = `
set -e
ip link set lo up
ip link show ${BRIDGE} >/dev/null 2>&1 || ip link add ${BRIDGE} type bridge
ip address replace "$1" dev ${BRIDGE}
ip link set ${BRIDGE} up
# A new namespace may inherit the machine's forwarding, and bridged packets are no business of iptables here.
echo 0 >/proc/sys/net/ipv4/ip_forward
for file in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e "$file" ] || echo 0 >"$file"; done
`;

export async function makeNetwork(lab: string, { operator, prefix }: Addressing): Promise<void> {
  const failing = "making the lab's network failed";
  if (!networkExists(lab)) await local(["ip", "netns", "add", namespaceName(lab)], { failing });
  await local([...inNetwork(lab), "sh", "-c", SCRIPT, "sh", `${operator}/${prefix}`], { failing });
}

/** The bridge by name first: a process that still is in the namespace would keep it alive. */
export async function removeNetwork(lab: string): Promise<void> {
  if (!networkExists(lab)) return;
  await attempt([...inNetwork(lab), "ip", "link", "delete", BRIDGE]);
  // A file without a namespace on it is what a crash in `ip netns add` leaves.
  const { code } = await attempt(["ip", "netns", "delete", namespaceName(lab)]);
  if (code !== 0) await local(["rm", "-f", namespaceFile(lab)]);
}
