import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Phase, Situation } from "../phases/phase.ts";

/** Steps that are waited for together. Whoever needs a phase on all hosts has the same list of them: so it costs no more than one host does. */
export type Group = readonly Step[];

/** One phase on one host, and the steps that must be done before it starts. */
export interface Step {
  readonly phase: Phase;
  readonly host: Host;
  readonly after: readonly Group[];
  /** Left out of a narrowed run, but needed by a step that is not: it is read, and must be found as it should be. */
  readonly lookedAt: boolean;
}

/**
 * Lays the phases out over the hosts. Because each phase may only need phases listed before it, the list itself is a
 * topological order and no cycle can be written.
 * @throws TripodError E_INTERNAL where a phase needs one that does not stand before it
 */
export function layOut(phases: readonly Phase[], situation: Situation, hosts: readonly Host[]): Step[] {
  const laid = new Map<string, { readonly all: Group; readonly on: ReadonlyMap<Host, Group> }>();
  const hostNamed = new Map(hosts.map((host) => [host.name, host]));
  for (const phase of phases) {
    const needs = phase.needs.map((need) => {
      const needed = laid.get(need.phase);
      if (needed) return { ...needed, everywhere: need.on === "all hosts" };
      throw new TripodError("E_INTERNAL", `phase ${phase.name} needs ${need.phase}, which does not stand before it`);
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
