import type { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { ExistingState } from "../existing/existing.ts";
import type { Condition } from "../condition.ts";
import type { Resource } from "../resources/resource.ts";

/** A plan reads and compares; an apply then also changes. The walk is the same. */
export type Mode = "plan" | "apply";

declare const VALUE: unique symbol;

/** Names a value that is computed once a run, and fixes its type. */
export type OnceKey<T> = string & { readonly [VALUE]: T };

export function onceKey<T>(name: string): OnceKey<T> {
  return name as OnceKey<T>;
}

export interface Need {
  readonly phase: string;
  readonly on: "same host" | "all hosts";
}

/** What phases decide from: the inventory, and the existing state. */
export interface Situation {
  readonly cluster: Cluster;
  /** Read before the run: what the run changes is not in it. */
  readonly existing: ExistingState;
}

/** What the steps of a run share. */
export interface Context extends Situation {
  readonly mode: Mode;
  /** Masters, then workers, in the inventory's order. */
  readonly hosts: readonly Host[];
  readonly masters: readonly Host[];
  readonly signal: AbortSignal;
  /** Computes a value once per run, whichever step asks first; the others wait for the same promise. */
  readonly once: <T>(key: OnceKey<T>, compute: () => Promise<T>) => Promise<T>;
  /** Runs one piece of work at a time, for what must never happen on two hosts at once. */
  readonly exclusive: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  /** Reports a problem of this step that does not stop it. */
  warn(problem: TripodError): void;
  /** How many resources of all hosts have differed in this run so far. */
  changes(): number;
}

/** One part of the bootstrap. A phase on one host is a step; it starts as soon as what it needs is done. */
export interface Phase {
  readonly name: string;
  readonly title: string;
  readonly needs: readonly Need[];
  hosts(situation: Situation): readonly Machine[];
  /** In the order in which they are applied; all are read together first. Throws where the step cannot continue. */
  resources(host: Host, context: Context): readonly Resource[] | Promise<readonly Resource[]>;
  /** What must hold on this host before the step is done; checked in an apply only. */
  until?(host: Host, context: Context): readonly Condition[] | Promise<readonly Condition[]>;
}

export const sameHost = ({ name }: Pick<Phase, "name">): Need => ({ phase: name, on: "same host" });
export const allHosts = ({ name }: Pick<Phase, "name">): Need => ({ phase: name, on: "all hosts" });
