import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { sample, united, withWorkers } from "../inventory/sample.ts";
import type { RehearsalSetting } from "./events.ts";

export interface RehearsedClusters {
  /** The clusters of the inventories, in their order, reduced to the machines that are rehearsed. */
  readonly clusters: readonly [Cluster, ...Cluster[]];
  /** The first cluster with the machines of all: what the lab is created from. */
  readonly all: Cluster;
}

/**
 * The clusters that a rehearsal works with.
 * @param inventories all of them, loaded, in the order of the setting
 * @throws TripodError E_USAGE if they cannot be applied one after another, or not with so few machines
 */
export function rehearsedClusters(
  [whole, ...next]: readonly [Cluster, ...Cluster[]],
  { machines, scenarios }: Pick<RehearsalSetting, "machines" | "scenarios">,
): RehearsedClusters {
  for (const one of next) mustFollow(whole, one);
  const first = machines === undefined ? whole : sample(whole, machines);
  const excluded = whole.workers.filter(({ name }) => !first.workers.some((worker) => worker.name === name));
  const others = next.map((one) => withWorkers(one, ({ name }) => !excluded.some((worker) => worker.name === name)));
  if (scenarios.length > 0 || others.length > 0) mustHaveRoomForWorkload(first);
  if (scenarios.length > 0 && first.masters.length < 3)
    throw new TripodError("E_USAGE", "a cluster with one master cannot fail over", {
      hint: "add --no-drill, or use an inventory with three masters",
    });
  return { clusters: [first, ...others], all: united(first, others) };
}

/** Machines must keep their addresses and roles, because one lab serves all inventories. */
function mustFollow(first: Cluster, next: Cluster): void {
  if (next.name !== first.name)
    throw new TripodError("E_USAGE", `${next.file} is of the cluster ${next.name}, not of ${first.name}`, {
      hint: "--then takes the next inventory of the same cluster",
    });
  const fixed = ({ address, role, ssh }: Machine) =>
    JSON.stringify([address, role, ssh.address, ssh.port, ssh.user, ssh.bastion?.address]);
  for (const machine of next.machines) {
    const same = first.machines.find(({ name }) => name === machine.name);
    const other = first.machines.find(({ name, address }) => address === machine.address && name !== machine.name);
    const what =
      same && fixed(same) !== fixed(machine)
        ? `${machine.name} has a different address, role or SSH setting than before`
        : other && `${machine.name} has the address of ${other.name}`;
    if (what)
      throw new TripodError("E_USAGE", `${what}: this cannot be rehearsed as a change`, {
        origin: machine.origin,
        hint: "rehearse each inventory in a separate rehearsal",
      });
  }
}

/** The drill's workload, which also measures changes, needs a node that accepts it. */
function mustHaveRoomForWorkload({ workers, kubernetes }: Cluster): void {
  const free = workers.filter(({ taints }) => taints.every(({ effect }) => effect === "PreferNoSchedule"));
  if (free.length > 0 || kubernetes.mastersSchedulable) return;
  throw new TripodError("E_USAGE", "no worker can run the drill's workload", {
    hint: "increase --hosts, or use --no-drill without --then",
  });
}
