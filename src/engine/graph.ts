import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Phase, Situation } from "../phases/phase.ts";

/** Steps that are awaited together. All steps that need a phase on all hosts share one group: waiting for it costs no more than for one host. */
export type Group = readonly Step[];

/** One phase on one host, and the steps that must be done before it starts. */
export interface Step {
  readonly phase: Phase;
  readonly host: Host;
  readonly after: readonly Group[];
  /** Left out of a narrowed run, but needed by a step that is not: it is only read, and must not differ. */
  readonly lookedAt: boolean;
}

/**
 * Creates the steps of all phases on all hosts. Because each phase may only need phases listed before it, the list itself is a
 * topological order and no cycle can be written.
 * @throws TripodError E_INTERNAL if a phase needs one that is not listed before it
 */
export function layOut(phases: readonly Phase[], situation: Situation, hosts: readonly Host[]): Step[] {
  const laid = new Map<string, { readonly all: Group; readonly on: ReadonlyMap<Host, Group> }>();
  const hostNamed = new Map(hosts.map((host) => [host.name, host]));
  for (const phase of phases) {
    const needs = phase.needs.map((need) => {
      const needed = laid.get(need.phase);
      if (needed) return { ...needed, everywhere: need.on === "all hosts" };
      throw new TripodError("E_INTERNAL", `phase ${phase.name} needs ${need.phase}, which is not listed before it`);
    });
    const all = phase.hosts(situation).flatMap((machine): Step[] => {
      const host = hostNamed.get(machine.name);
      if (!host) return [];
      const after = needs.map(({ all, on, everywhere }) => (everywhere ? all : on.get(host)) ?? []);
      return [{ phase, host, after: after.filter(({ length }) => length > 0), lookedAt: false }];
    });
    laid.set(phase.name, { all, on: new Map(all.map((step) => [step.host, [step]])) });
  }
  return [...laid.values()].flatMap(({ all }) => all);
}
