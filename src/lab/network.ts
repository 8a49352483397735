import { existsSync, statfsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { runProgram } from "../process.ts";
import { local } from "./local.ts";
import { labOfNamespace, namespaceFile, namespaceName, NAMESPACES } from "./names.ts";
import { blockedEndpoints, type Topology } from "./topology.ts";

/** The argv with which a program runs in the lab's network. */
export function inNetwork(lab: string): string[] {
  return ["nsenter", `--net=${namespaceFile(lab)}`];
}

/** statfs(2) type of a namespace's file. */
const NSFS_MAGIC = 0x6e736673;

export function networkExists(lab: string): boolean {
  const file = namespaceFile(lab);
  return existsSync(file) && statfsSync(file).type === NSFS_MAGIC;
}

/** The priority of the lab's routing rules. */
const PRIORITY = 1000;

const WITHOUT_BRIDGES = `ip -o link show type bridge | cut -d' ' -f2 | while read -r name; do ip link delete "\${name%:}"; done`;

/** All labs of this machine that have a network, whoever owns them. */
export async function existingLabs(): Promise<string[]> {
  const names = await readdir(NAMESPACES).catch(() => []);
  return names.flatMap((name) => labOfNamespace(name) ?? []).filter(networkExists);
}

/**
 * A network namespace that contains only bridges: there is no route out, whatever addresses the inventory has. The operator's connections
 * start here, and it is the router between the segments: forwarding is enabled in this namespace, never on this machine. All commands are idempotent.
 */
const NAMESPACE = `
ip link set lo up
# A new namespace may inherit the machine's settings.
echo "$1" >/proc/sys/net/ipv4/ip_forward
# A machine with two interfaces may answer through the other one.
for file in all default; do echo 0 >/proc/sys/net/ipv4/conf/$file/rp_filter; done
# The inventory's addresses are the only ones: no sshd is reachable by another.
[ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
# iptables must not process bridged packets here.
for file in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e "$file" ] || echo 0 >"$file"; done
while ip rule delete priority ${PRIORITY} 2>/dev/null; do :; done
`;

/** Arguments: a bridge and the operator's address on it, for each segment. */
const SEGMENTS = `
while [ $# -gt 0 ]; do
  ip link show "$1" >/dev/null 2>&1 || ip link add "$1" type bridge
  ip address replace "$2" dev "$1"
  ip link set "$1" up
  shift 2
done
`;

/** Arguments: addresses and ports that the operator has no route to; packets from a bastion pass. */
const CLOSED = `
while [ $# -gt 0 ]; do
  ip rule add priority ${PRIORITY} iif lo to "$1" ipproto tcp dport "$2" unreachable
  shift 2
done
`;

export async function makeNetwork(lab: string, network: Topology): Promise<void> {
  const { segments } = network;
  const failing = "creating the lab's network failed";
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
    blockedEndpoints(network).flatMap(({ address, port }) => [address, String(port)]),
  );
}

/** Also removes the file without a namespace that an interrupted `ip netns add` leaves behind. */
export async function removeNetwork(lab: string): Promise<void> {
  if (networkExists(lab)) {
    // Bridges first, because a process that is still in the namespace would keep them alive.
    await runProgram([...inNetwork(lab), "sh", "-c", WITHOUT_BRIDGES]);
    await local(["ip", "netns", "delete", namespaceName(lab)], { failing: "removing the lab's network failed" });
  }
  await local(["rm", "-f", namespaceFile(lab)]);
}
