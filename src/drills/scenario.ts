import type { Host } from "../host.ts";
import type { LimitName, ScenarioName } from "../inventory/sections/drill.ts";
import type { Condition } from "../condition.ts";
import type { Setup } from "./setup.ts";

/** Something that is broken, and restored afterwards. */
export interface Disruption {
  /** `power of m1 cut` */
  readonly what: string;
  readonly victims: readonly Host[];
  /** The victims' kubelets stop too. */
  readonly stopsKubelets?: true;
  /** The victims are switched off. */
  readonly powersOff?: true;
  /** Breaks it, after a timer or watchdog that undoes it without us has been started. */
  begin(): Promise<void>;
  /** Undoes it; does no harm where it is undone already, or never began. */
  end(signal: AbortSignal): Promise<void>;
}

export interface Scenario {
  /** `change`: not a scenario that can be selected, but a change that is measured. */
  readonly name: ScenarioName | "change";
  readonly title: string;
  /** Runs by default, when no scenario is named: all of these together take five minutes at most. */
  readonly usual: boolean;
  /** How long the disruption lasts, ms: at least, and at most where clients are not served again earlier. */
  readonly lasts: readonly [atLeast: number, atMost: number];
  /** ms; where a healthy cluster needs more than the ordinary limits. */
  readonly limits?: Partial<Record<LimitName, number>>;
  /** etcd loses its quorum: has to be allowed explicitly, and outages are measured but not judged. */
  readonly stops?: true;
  /** Switches machines off: is skipped where the inventory sets no `power`, except on a lab. */
  readonly needsPower?: true;
  /** Partitions the masters: while it lasts, two may hold the VIP. */
  readonly divides?: true;
  /** What is done is meant to stay: nothing is undone. */
  readonly stays?: true;
  /** Chooses its victims from the current state of the machines; returns the reason where the scenario cannot run here. */
  prepare(setup: Setup, undoneAfter: number): Promise<Disruption | string>;
  /** Conditions that have to be met while the disruption lasts, for instance that a workload moves. */
  meanwhile?(setup: Setup, disruption: Disruption): readonly Condition[];
}

/** The hosts undo a disruption by themselves after this time, ms. */
export function undoneAfter({ lasts: [, atMost] }: Scenario): number {
  return atMost + 30_000;
}
