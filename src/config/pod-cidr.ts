import { TripodError } from "../errors.ts";
import { formatSubnet, parseAddress, parseSubnet, subnetAround } from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** As many pods as a kubelet takes (110), and Kubernetes' own default. */
const NODE_PREFIX = 24;

/**
 * A /24 of the pod subnet for every machine, by its name. Where two do not clash it follows from the machine's own address
 * (10.0.0.21 → 10.244.21.0/24), so that machines may come, go and change places in the inventory and nobody else's changes; the later of two
 * that clash takes the next free one. Throws E_INVENTORY where the pod subnet is too small.
 *
 * @param current what machines have already, which they keep
 */
export function podCidrs(
  { machines, kubernetes }: Cluster,
  current: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const pool = parseSubnet(kubernetes.podSubnet);
  const slots = pool ? 2 ** (NODE_PREFIX - pool.prefix) : 0;
  if (!pool || slots < machines.length)
    throw new TripodError(
      "E_INVENTORY",
      `the pod subnet ${kubernetes.podSubnet} has no /${NODE_PREFIX} for each of ${machines.length} machines`,
      {
        hint: "Give a wider one; a /16 has room for 256 machines.",
      },
    );

  const chosen = new Map(machines.flatMap(({ name }) => pairOf(name, current.get(name))));
  const taken = new Set([...current.values(), ...chosen.values()]);
  const cidrAt = (slot: number) => formatSubnet(subnetAround(pool.first + (slot % slots) * 256, NODE_PREFIX));
  for (const { name, address } of machines) {
    if (chosen.has(name)) continue;
    let slot = parseAddress(address) ?? 0;
    while (taken.has(cidrAt(slot))) slot += 1;
    chosen.set(name, cidrAt(slot));
    taken.add(cidrAt(slot));
  }
  return chosen;
}

function pairOf(name: string, cidr: string | undefined): [string, string][] {
  return cidr === undefined ? [] : [[name, cidr]];
}
