import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { Condition } from "../resources/condition.ts";

/** How machines are switched off and on: programs of the operator's machine, with their arguments. Both may find their work done. */
export interface Power {
  readonly off: (machine: Machine) => readonly string[];
  readonly on: (machine: Machine) => readonly string[];
}

/** What a scenario is played on. */
export interface Setup {
  readonly cluster: Cluster;
  readonly hosts: readonly Host[];
  readonly masters: readonly Host[];
  readonly workers: readonly Host[];
  /** The machine from which a client of the cluster asks too: it is nobody's victim. */
  readonly probeHost: Host | undefined;
  readonly power: Power | undefined;
  /** The master that holds the VIP, once it does so steadily. @throws TripodError E_DEADLINE where none does */
  readonly holder: () => Promise<Host>;
  /** The master whose etcd member leads, once one does. @throws TripodError E_DEADLINE where none does */
  readonly etcdLeader: () => Promise<Host>;
  /** Waits until reads are answered again, and looks for every acknowledged write. @throws TripodError E_NOT_CONVERGED, E_DEADLINE */
  readonly nothingLost: () => Promise<void>;
  /** The drill's workload has its replicas, none of them on these machines. */
  readonly workloadWithout: (machines: readonly string[]) => Condition;
}
