import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { Condition } from "../condition.ts";

/** Programs of the operator's machine, with arguments, that switch a machine off and on. Both have to accept that it is off or on already. */
export interface Power {
  readonly off: (machine: Machine) => readonly string[];
  readonly on: (machine: Machine) => readonly string[];
}

/** The cluster as a scenario sees it. */
export interface Setup {
  readonly cluster: Cluster;
  readonly hosts: readonly Host[];
  readonly masters: readonly Host[];
  readonly workers: readonly Host[];
  /** The machine from which probes are sent too: it is never a victim. */
  readonly probeHost: Host | undefined;
  readonly power: Power | undefined;
  /** Waits for a steady VIP holder. @throws TripodError E_DEADLINE */
  readonly holder: () => Promise<Host>;
  /** Waits for an etcd leader; returns its master. @throws TripodError E_DEADLINE */
  readonly etcdLeader: () => Promise<Host>;
  /** Waits until writes are answered again, and searches for every acknowledged one. @throws TripodError E_NOT_CONVERGED, E_DEADLINE */
  readonly nothingLost: () => Promise<void>;
  /** The drill's workload has two ready replicas that are not on these machines. */
  readonly workloadWithout: (machines: readonly string[]) => Condition;
}
