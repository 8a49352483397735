import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "./cluster.ts";

/**
 * The same cluster with fewer machines: all masters, and as many workers as fit, one of every kind before a second of any. Workers of a
 * kind have the same labels, taints and SSH settings.
 * @throws TripodError E_USAGE if the number is less than that of the masters
 */
export function sample(cluster: Cluster, machines: number): Cluster {
  const { masters, workers } = cluster;
  if (machines < masters.length)
    throw new TripodError("E_USAGE", `${machines} machines, but the inventory has ${masters.length} masters`, {
      hint: `allow at least ${masters.length}: only workers can be left out`,
    });
  const kinds = new Map<string, Machine[]>();
  for (const worker of workers) {
    const kind = kinds.get(kindOf(worker));
    if (kind) kind.push(worker);
    else kinds.set(kindOf(worker), [worker]);
  }
  const turns = [...kinds.values()].flatMap((kind) => kind.map((worker, turn) => ({ worker, turn })));
  const chosen = turns.toSorted((one, other) => one.turn - other.turn).slice(0, machines - masters.length);
  const names = new Set(chosen.map(({ worker }) => worker.name));
  return withWorkers(cluster, ({ name }) => names.has(name));
}

/** The same cluster with some of its workers. */
export function withWorkers(cluster: Cluster, some: (worker: Machine) => boolean): Cluster {
  const workers = cluster.workers.filter(some);
  return Object.freeze({ ...cluster, workers, machines: [...cluster.masters, ...workers] });
}

/** The first cluster with the machines of all; machines with the same name are the same. */
export function united(cluster: Cluster, others: readonly Cluster[]): Cluster {
  const of = (list: "masters" | "workers"): Machine[] => {
    const all = [cluster, ...others].flatMap((each) => each[list]);
    const seen = new Set<string>();
    return all.filter(({ name }) => !seen.has(name) && seen.add(name));
  };
  const [masters, workers] = [of("masters"), of("workers")];
  return Object.freeze({ ...cluster, masters, workers, machines: [...masters, ...workers] });
}

function kindOf({ labels, taints, ssh }: Machine): string {
  return JSON.stringify([labels, taints, ssh.user, ssh.port, ssh.bastion?.address]);
}
