import { existsSync, statfsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { attempt, local } from "./local.ts";
import { labOfNamespace, namespaceFile, namespaceName, NAMESPACES } from "./names.ts";
import { closedDoors, type Topology } from "./topology.ts";

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

/** Of our own rules of routing. */
const PRIORITY = 1000;

const WITHOUT_BRIDGES = `ip -o link show type bridge | cut -d' ' -f2 | while read -r name; do ip link delete "\${name%:}"; done`;

/** Every lab of this machine that has its network, whoever's it is. */
export async function standingLabs(): Promise<string[]> {
  const names = await readdir(NAMESPACES).catch(() => []);
  return names.flatMap((name) => labOfNamespace(name) ?? []).filter(networkExists);
}

/**
 * A network namespace with bridges in it and nothing else: no way out, whatever addresses the inventory has. It is the operator's place and
 * the router between the segments: forwarding is on in this namespace, and never on the machine. Each line may find its work done already.
 */
const NAMESPACE = `
ip link set lo up
# A new namespace may inherit the machine's settings.
echo "$1" >/proc/sys/net/ipv4/ip_forward
# A machine with two interfaces answers by the other one, too.
for file in all default; do echo 0 >/proc/sys/net/ipv4/conf/$file/rp_filter; done
# The inventory's addresses are the only ones: no door has another one beside it.
[ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
# Bridged packets are no business of iptables here.
for file in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e "$file" ] || echo 0 >"$file"; done
while ip rule delete priority ${PRIORITY} 2>/dev/null; do :; done
`;

/** Given a bridge and the operator's address on it, for each segment. */
const SEGMENTS = `
while [ $# -gt 0 ]; do
  ip link show "$1" >/dev/null 2>&1 || ip link add "$1" type bridge
  ip address replace "$2" dev "$1"
  ip link set "$1" up
  shift 2
done
`;

/** Given addresses and ports: what the operator sends there finds no route, and what a bastion sends passes. */
const CLOSED = `
while [ $# -gt 0 ]; do
  ip rule add priority ${PRIORITY} iif lo to "$1" ipproto tcp dport "$2" unreachable
  shift 2
done
`;

export async function makeNetwork(lab: string, network: Topology): Promise<void> {
  const { segments } = network;
  const failing = "making the lab's network failed";
  if (!networkExists(lab)) {
    await removeNetwork(lab);
    await local(["ip", "netns", "add", namespaceName(lab)], { failing });
  }
  const inside = (script: string, args: readonly string[]) =>
    local([...inNetwork(lab), "sh", "-ec", script, "sh", ...args], { failing });
  await inside(NAMESPACE, [segments.length > 1 ? "1" : "0"]);
  await inside(
    SEGMENTS,
    segments.flatMap(({ bridge, operator, subnet }) => [bridge, `${operator}/${subnet.prefix}`]),
  );
  await inside(
    CLOSED,
    closedDoors(network).flatMap(({ address, port }) => [address, String(port)]),
  );
}

/** Also what a crash in the middle of `ip netns add` leaves: a file without a namespace. */
export async function removeNetwork(lab: string): Promise<void> {
  if (networkExists(lab)) {
    // By their kind, because a process that still is in the namespace would keep them alive.
    await attempt([...inNetwork(lab), "sh", "-c", WITHOUT_BRIDGES]);
    await local(["ip", "netns", "delete", namespaceName(lab)], { failing: "removing the lab's network failed" });
  }
  await local(["rm", "-f", namespaceFile(lab)]);
}
