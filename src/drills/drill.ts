import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { LimitName, ScenarioName } from "../inventory/sections/drill.ts";
import type { Condition } from "../condition.ts";

/** How machines are switched off and on: programs of the operator's machine, with their arguments. Both may find their work done. */
export interface Power {
  readonly off: (machine: Machine) => readonly string[];
  readonly on: (machine: Machine) => readonly string[];
}

/** What a scenario is played on. */
export interface Stage {
  readonly cluster: Cluster;
  readonly hosts: readonly Host[];
  readonly masters: readonly Host[];
  readonly workers: readonly Host[];
  /** The machine from which a client of the cluster asks too: it is nobody's victim. */
  readonly bystander: Host | undefined;
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

/** Something that is broken, and put right again. */
export interface Disruption {
  /** `power of m1 cut` */
  readonly what: string;
  readonly victims: readonly Host[];
  /** The victims' kubelets go down with it. */
  readonly kubelets?: true;
  /** The victims are switched off. */
  readonly dark?: true;
  /** Makes it, once what undoes it without us is armed. */
  begin(): Promise<void>;
  /** Undoes it; does no harm where it is undone already, or was never made. */
  end(signal: AbortSignal): Promise<void>;
}

export interface Scenario {
  /** `change`: not one that is chosen by its name, but what somebody else does to the cluster while it is measured. */
  readonly name: ScenarioName | "change";
  readonly title: string;
  /** Part of what is run when nobody names a scenario: all of these take five minutes at most. */
  readonly usual: boolean;
  /** How long the disruption stays, ms: at least, and at most where clients are not served again before. */
  readonly lasts: readonly [atLeast: number, atMost: number];
  /** ms; what an honest cluster needs here beyond the ordinary limits. */
  readonly limits?: Partial<Record<LimitName, number>>;
  /** Takes the quorum from etcd: is done by name alone, and outages are measured but judged by nobody. */
  readonly stops?: true;
  /** Divides the masters: while it lasts, two may hold the VIP. */
  readonly divides?: true;
  /** What is done is meant to stay: nothing is put right. */
  readonly stays?: true;
  /** Chooses its victims among machines as they are now; a sentence where it cannot be played here. */
  prepare(stage: Stage, undoneAfter: number): Promise<Disruption | string>;
  /** What has to come true while the disruption lasts, for instance that a workload moves. */
  meanwhile?(stage: Stage, disruption: Disruption): readonly Condition[];
}

/** After this the hosts undo a disruption by themselves, ms. */
export function undoneAfter({ lasts: [, atMost] }: Scenario): number {
  return atMost + 30_000;
}
