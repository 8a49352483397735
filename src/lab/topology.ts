import type { Origin } from "../errors.ts";
import { parseAddress } from "../inventory/addresses.ts";
import type { Cluster, Machine, Role, SshTarget } from "../inventory/cluster.ts";
import { documentationAddress, type Segment, segments } from "./segments.ts";

/** The address and port of an sshd. */
export interface SshdAddress {
  readonly address: string;
  readonly port: number;
}

/** An SSH endpoint with its user. */
export interface Login extends SshdAddress {
  readonly user: string;
  /** Its bastion. */
  readonly through?: Login;
}

/** A host of the lab: a machine of the inventory, or a bastion in front of some. */
export interface Station {
  readonly name: string;
  readonly role: Role | "bastion";
  /** All its addresses; the first is the machine's `address` in the inventory. */
  readonly addresses: readonly string[];
  /** How the operator logs in. */
  readonly login: Login;
  /** All users that may log in, and all ports of its sshd: more than one if it is a bastion too. */
  readonly users: readonly string[];
  readonly ports: readonly number[];
  /** The name of the interface with its first address. */
  readonly interface: string;
  /** Its place in the inventory. */
  readonly origin?: Origin;
}

export interface Topology {
  readonly segments: readonly Segment[];
  readonly vip: string;
  /** Machines in the inventory's order, then bastions. */
  readonly stations: readonly Station[];
}

type Described = Pick<Cluster, "machines" | "loadBalancer">;

/**
 * The networks and hosts that an inventory describes.
 * @throws TripodError E_LAB
 */
export function topology(cluster: Described): Topology {
  const { machines, loadBalancer } = cluster;
  const owned = new Map(machines.map((machine) => [machine.name, ownAddresses(machine, cluster)]));
  const fronts = bastionAddresses(cluster, [...owned.values()].flat());
  const targets = machines.flatMap(({ ssh }) => ssh.bastion ?? []);
  const at = (addresses: readonly string[]) => targets.filter(({ address }) => addresses.includes(address));
  const machineStations = machines.map(({ name, role, address, ssh, origin }): Station => {
    const addresses = owned.get(name) ?? [address];
    const { bastion } = ssh;
    const through = bastion && loginAt(fronts.get(bastion.address) ?? bastion.address, bastion);
    return {
      ...{ name, role, addresses, origin },
      login: { ...loginAt(addresses.at(-1) ?? address, ssh), ...(through && { through }) },
      ...usersAndPorts([ssh, ...at(addresses)]),
      interface: (role === "master" ? loadBalancer.interface : undefined) ?? "eth0",
    };
  });
  const bastionStations = [...fronts].flatMap(([front, address], index): Station[] => {
    const here = at([front]);
    const name = freeName(fronts.size === 1 ? "bastion" : `bastion-${index + 1}`, machines);
    const station = { name, role: "bastion", addresses: [address], ...usersAndPorts(here), interface: "eth0" } as const;
    return here.slice(0, 1).map((target) => ({ ...station, login: loginAt(address, target) }));
  });
  return {
    segments: segments(loadBalancer.subnet, [...owned.values(), ...fronts.values()].flat(), [loadBalancer.vip]),
    vip: loadBalancer.vip,
    stations: [...machineStations, ...bastionStations],
  };
}

/** The endpoints that the operator must not reach directly: the sshd of machines behind a bastion, also through the VIP. */
export function blockedEndpoints({ stations, vip }: Topology): SshdAddress[] {
  const open = stations.map(({ login }) => endpointName(login.through ?? login));
  const endpoints = stations
    .filter(({ login }) => login.through)
    .flatMap(({ role, addresses, ports }) =>
      (role === "master" ? [...addresses, vip] : addresses).flatMap((address) =>
        ports.map((port) => ({ address, port })),
      ),
    );
  const closed = new Map(endpoints.map((endpoint) => [endpointName(endpoint), endpoint]));
  return [...closed.values()].filter((endpoint) => !open.includes(endpointName(endpoint)));
}

function endpointName({ address, port }: SshdAddress): string {
  return `${address}:${port}`;
}

/**
 * A machine's `address`, and its SSH address if no other machine has it. Otherwise SSH connects to `address`: a lab has no DNS and no
 * forwarded ports.
 */
function ownAddresses(machine: Machine, { machines, loadBalancer }: Described): string[] {
  const { address } = machine.ssh;
  const others = machines.filter(({ name }) => name !== machine.name);
  const another = others.some((other) => other.address === address || other.ssh.address === address);
  if (parseAddress(address) === undefined || another || address === loadBalancer.vip) return [machine.address];
  return [...new Set([machine.address, address])];
}

/** The parts of an inventory that a lab cannot mirror, one sentence each. */
export function notMirrored(cluster: Described): string[] {
  return cluster.machines
    .filter((machine) => !ownAddresses(machine, cluster).includes(machine.ssh.address))
    .map(
      ({ name, address, ssh }) =>
        `SSH connects to ${name} at ${address} here: the lab has no ${parseAddress(ssh.address) === undefined ? "DNS" : "forwarded ports"} for ${ssh.address}`,
    );
}

/** The bastions that are not machines of the inventory: their address or name there, and their address in the lab. */
function bastionAddresses({ machines, loadBalancer }: Described, owned: readonly string[]): Map<string, string> {
  const said = new Set(machines.flatMap(({ ssh }) => ssh.bastion?.address ?? []));
  const fronts = [...said].filter((address) => !owned.includes(address) && address !== loadBalancer.vip);
  const placed = fronts.filter((address) => parseAddress(address) !== undefined);
  const known = segments(loadBalancer.subnet, [...owned, ...placed], [loadBalancer.vip]);
  const named = fronts.filter((address) => !placed.includes(address));
  return new Map(
    fronts.map((front) => [front, placed.includes(front) ? front : documentationAddress(known, named.indexOf(front))]),
  );
}

function loginAt(address: string, { port, user }: SshTarget): Login {
  return { address, port, user };
}

function usersAndPorts(targets: readonly SshTarget[]): Pick<Station, "users" | "ports"> {
  return {
    users: [...new Set(targets.map(({ user }) => user))],
    ports: [...new Set(targets.map(({ port }) => port))],
  };
}

function freeName(name: string, machines: readonly Machine[]): string {
  return machines.some((machine) => machine.name === name) ? freeName(`${name}-0`, machines) : name;
}
