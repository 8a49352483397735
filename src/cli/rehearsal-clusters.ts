import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { sample, united, withWorkers } from "../inventory/sample.ts";
import type { RehearsalSetting } from "../rehearsal.ts";
import type { Io } from "./io.ts";
import { loadTarget } from "./target.ts";

export interface RehearsedClusters {
  /** The inventories of a rehearsal, in their order, with no more of the first one's machines than there are to be. */
  readonly clusters: readonly [Cluster, ...Cluster[]];
  /** The first with the machines of all. */
  readonly all: Cluster;
}

/** @throws TripodError E_USAGE where they cannot be rehearsed one on top of the other, or not with so few machines */
export async function clustersOf(setting: RehearsalSetting, io: Io): Promise<RehearsedClusters> {
  const { inventories, machines } = setting;
  const [whole, ...next] = await Promise.all(inventories.map((inventory) => loadTarget({ inventory }, io)));
  if (!whole) throw new Error("a rehearsal has an inventory");
  for (const one of next) mustFollow(whole, one);
  const first = machines === undefined ? whole : sample(whole, machines);
  const left = whole.workers.filter(({ name }) => !first.workers.some((worker) => worker.name === name));
  const others = next.map((one) => withWorkers(one, ({ name }) => !left.some((worker) => worker.name === name)));
  if (setting.scenarios.length > 0 || others.length > 0) mustBeMeasurable(first);
  if (setting.scenarios.length > 0 && first.masters.length < 3)
    throw new TripodError("E_USAGE", "a cluster with one master has nothing to fail over to", {
      hint: "say --no-drill, or name three masters",
    });
  return { clusters: [first, ...others], all: united(first, others) };
}

/** A machine keeps its place: the lab is made of all inventories at once. */
function mustFollow(first: Cluster, next: Cluster): void {
  if (next.name !== first.name)
    throw new TripodError("E_USAGE", `${next.file} is of the cluster ${next.name}, and not of ${first.name}`, {
      hint: "what is applied on top has to be the next inventory of the same cluster",
    });
  const place = ({ address, role, ssh }: Machine) =>
    JSON.stringify([address, role, ssh.address, ssh.port, ssh.user, ssh.bastion?.address]);
  for (const machine of next.machines) {
    const same = first.machines.find(({ name }) => name === machine.name);
    const other = first.machines.find(({ name, address }) => address === machine.address && name !== machine.name);
    const what =
      same && place(same) !== place(machine)
        ? `${machine.name} has another address, role or way in than before`
        : other && `${machine.name} has the address of ${other.name}`;
    if (what)
      throw new TripodError("E_USAGE", `${what}: that cannot be rehearsed as a change`, {
        origin: machine.origin,
        hint: "rehearse both inventories by themselves",
      });
  }
}

/** The drill's workload, which a change is measured by too, has to run somewhere. */
function mustBeMeasurable({ workers, kubernetes }: Cluster): void {
  const free = workers.filter(({ taints }) => taints.every(({ effect }) => effect === "PreferNoSchedule"));
  if (free.length > 0 || kubernetes.mastersSchedulable) return;
  throw new TripodError("E_USAGE", "there is no worker on which the drill's own workload could run", {
    hint: "let --hosts be more, or say --no-drill and nothing with --then",
  });
}
