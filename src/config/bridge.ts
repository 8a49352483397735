import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";

/** Pod CIDR by machine name: what `podCidrs` gives. */
export type PodCidrs = ReadonlyMap<string, string>;

/** Marks Tripod's routes among those of the host (`ip route show proto 117`); free in iproute2's rt_protos. */
export const ROUTE_PROTOCOL = 117;

/** Installs the routes and keeps them; run by the unit. */
export const POD_ROUTES_SCRIPT = "/etc/tripod/pod-routes.sh";

/** Pods are reached through the machine they run on. */
interface PodRoute {
  readonly podCidr: string;
  /** The machine's address. */
  readonly address: string;
}

/** What a machine needs so that its pods reach all other pods, and the outside. */
export interface PodRouting {
  readonly protocol: number;
  readonly ownCidr: string;
  readonly podSubnet: string;
  readonly routes: readonly PodRoute[];
}

/**
 * Routes to the pods of every other machine of the inventory.
 * @param unknownNodes nodes that the inventory does not name: where their pods' range is known, the routes to them are kept
 */
export function podRouting(
  cluster: Cluster,
  machine: Machine,
  cidrs: PodCidrs,
  unknownNodes: readonly { readonly address: string; readonly podCidr?: string }[] = [],
): PodRouting {
  const named = cluster.machines
    .filter(({ name }) => name !== machine.name)
    .map((other) => ({ podCidr: cidrOf(other, cidrs), address: other.address }));
  return {
    protocol: ROUTE_PROTOCOL,
    ownCidr: cidrOf(machine, cidrs),
    podSubnet: cluster.kubernetes.podSubnet,
    routes: [...named, ...unknownNodes.flatMap(({ address, podCidr }) => (podCidr ? [{ podCidr, address }] : []))],
  };
}

/** The MTU that the kernel gives a new bridge and its ports, bytes. */
const USUAL_MTU = 1500;

/**
 * /etc/cni/net.d/10-tripod.conflist: pods on their own bridge; the unit installs the routes. CNI version 0.4.0, which all plugins since 0.7 support.
 * @param mtu of the interface by which pods reach other hosts, bytes: where it is smaller than usual, pods have the same
 */
export function bridgeConflist(machine: Machine, cidrs: PodCidrs, mtu = USUAL_MTU): string {
  const bridge = {
    type: "bridge",
    bridge: "cni0",
    isDefaultGateway: true,
    // A pod may reach itself through its own service.
    hairpinMode: true,
    ipMasq: false,
    ...(mtu < USUAL_MTU && { mtu }),
    ipam: { type: "host-local", ranges: [[{ subnet: cidrOf(machine, cidrs) }]] },
  };
  const portmap = { type: "portmap", capabilities: { portMappings: true } };
  const conflist = { cniVersion: "0.4.0", name: "tripod", plugins: [bridge, portmap] };
  return `${JSON.stringify(conflist, undefined, 2)}\n`;
}

/** Installs the routes and the rule for packets that leave the pods' network; needs bash. */
export function podRoutesScript({ protocol, ownCidr, podSubnet, routes }: PodRouting): string {
  return render("bridge/pod-routes.sh", {
    protocol,
    ownCidr,
    podSubnet,
    routes: routes.map(({ podCidr, address }) => ({ route: `${podCidr} via ${address}` })),
  });
}

/** Runs the script; starts before the kubelet. */
export function podRoutesUnit(): string {
  return render("bridge/tripod-pod-routes.service", { script: POD_ROUTES_SCRIPT });
}

function cidrOf({ name }: Machine, cidrs: PodCidrs): string {
  const cidr = cidrs.get(name);
  if (!cidr) throw new TripodError("E_INTERNAL", `${name} has no pod CIDR`);
  return cidr;
}
