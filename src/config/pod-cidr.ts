import { TripodError } from "../errors.ts";
import { formatAddress, formatSubnet, overlap, parseAddress, parseSubnet } from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** Room for as many pods as a kubelet runs (110), and Kubernetes' own default. */
const NODE_PREFIX = 24;

/**
 * A /24 of the pod subnet for every machine, by its name. It follows from the machine's own address (10.0.0.21 →
 * 10.244.21.0/24), so that machines can be added, removed and reordered in the inventory without a change for the others; of two machines
 * that would have the same, the later takes the next free one.
 *
 * @param current the ranges that machines already have, which they keep; machines report them, so they are checked
 * @throws TripodError E_INVENTORY where the pod subnet is too small, E_REFUSED where a machine's range is not a pod range, or is another machine's
 */
export function podCidrs(
  cluster: Cluster,
  current: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const { machines, kubernetes } = cluster;
  const pool = parseSubnet(kubernetes.podSubnet);
  const slots = pool ? 2 ** (NODE_PREFIX - pool.prefix) : 0;
  if (!pool || slots < machines.length)
    throw new TripodError(
      "E_INVENTORY",
      `the pod subnet ${kubernetes.podSubnet} has no /${NODE_PREFIX} for each of ${machines.length} machines`,
      {
        hint: "set a wider `kubernetes.podSubnet`; a /16 has room for 256 machines",
      },
    );

  refuseForeign(cluster, current);
  const chosen = new Map(machines.flatMap(({ name }) => pairOf(name, current.get(name))));
  const taken = new Set([...current.values(), ...chosen.values()]);
  const cidrAt = (slot: number) => `${formatAddress(pool.first + (slot % slots) * 256)}/${NODE_PREFIX}`;
  for (const { name, address } of machines) {
    if (chosen.has(name)) continue;
    let slot = parseAddress(address) ?? 0;
    while (taken.has(cidrAt(slot))) slot += 1;
    chosen.set(name, cidrAt(slot));
    taken.add(cidrAt(slot));
  }
  return chosen;
}

/** Whether it is a /24 of the pod subnet, written as the kernel writes it. */
export function isPodCidr(cidr: string, podSubnet: string): boolean {
  const [inner, outer] = [parseSubnet(cidr), parseSubnet(podSubnet)];
  if (!inner || !outer || formatSubnet(inner) !== cidr) return false;
  return inner.prefix === NODE_PREFIX && inner.prefix >= outer.prefix && overlap(inner, outer);
}

/** All hosts get routes to these ranges: with a false one, a machine could attract traffic that is not for its pods. */
function refuseForeign({ machines, kubernetes }: Cluster, current: ReadonlyMap<string, string>): void {
  const owners = new Map<string, string>();
  for (const [name, cidr] of current) {
    const other = owners.get(cidr);
    owners.set(cidr, name);
    const foreign = !isPodCidr(cidr, kubernetes.podSubnet);
    if (!foreign && other === undefined) continue;
    const origin = machines.find((machine) => machine.name === name)?.origin;
    const message = foreign
      ? `its pod range is ${cidr}, which is not a /${NODE_PREFIX} of the pod subnet ${kubernetes.podSubnet}`
      : `${name} and ${other ?? ""} both have the pod range ${cidr}`;
    throw new TripodError("E_REFUSED", message, {
      host: name,
      ...(origin && { origin }),
      hint: "find out what wrote the range into /etc/cni/net.d/10-tripod.conflist; if you delete that file, the next apply gives the machine a new range, and its pods have to be restarted",
    });
  }
}

function pairOf(name: string, cidr: string | undefined): [string, string][] {
  return cidr === undefined ? [] : [[name, cidr]];
}
