import { existsSync, statfsSync } from "node:fs";
import type { Addressing } from "./addressing.ts";
import { attempt, local } from "./local.ts";
import { BRIDGE, namespaceFile, namespaceName } from "./names.ts";

/** The argv with which a program runs in the lab's network. */
export function inNetwork(lab: string): string[] {
  return ["nsenter", `--net=${namespaceFile(lab)}`];
}

/** statfs(2) of a file that stands for a namespace. */
const NSFS_MAGIC = 0x6e736673;

export function networkExists(lab: string): boolean {
  const file = namespaceFile(lab);
  return existsSync(file) && statfsSync(file).type === NSFS_MAGIC;
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
  if (!networkExists(lab)) {
    await removeNetwork(lab);
    await local(["ip", "netns", "add", namespaceName(lab)], { failing });
  }
  await local([...inNetwork(lab), "sh", "-c", SCRIPT, "sh", `${operator}/${prefix}`], { failing });
}

/** Also what a crash in the middle of `ip netns add` leaves: a file without a namespace. */
export async function removeNetwork(lab: string): Promise<void> {
  if (networkExists(lab)) {
    // By name, because a process that still is in the namespace would keep it alive.
    await attempt([...inNetwork(lab), "ip", "link", "delete", BRIDGE]);
    await local(["ip", "netns", "delete", namespaceName(lab)], { failing: "removing the lab's network failed" });
  }
  await local(["rm", "-f", namespaceFile(lab)]);
}
