import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Phase, Situation } from "../phases/phase.ts";

/** One phase on one host, and the steps that must be done before it starts. */
export interface Step {
  readonly phase: Phase;
  readonly host: Host;
  readonly after: readonly Step[];
  /** Left out of a narrowed run, but needed by a step that is not: it is read, and must be found as it should be. */
  readonly lookedAt: boolean;
}

/**
 * Lays the phases out over the hosts. Because each phase may only need phases listed before it, the list itself is a
 * topological order and no cycle can be written.
 * @throws TripodError E_INTERNAL where a phase needs one that does not stand before it
 */
export function layOut(phases: readonly Phase[], situation: Situation, hosts: readonly Host[]): Step[] {
  const byPhase = new Map<string, Step[]>();
  const hostNamed = new Map(hosts.map((host) => [host.name, host]));
  for (const phase of phases) {
    const steps: Step[] = [];
    for (const machine of phase.hosts(situation)) {
      const host = hostNamed.get(machine.name);
      if (!host) continue;
      const after = phase.needs.flatMap((need) => {
        const needed = byPhase.get(need.phase);
        if (!needed)
          throw new TripodError(
            "E_INTERNAL",
            `phase ${phase.name} needs ${need.phase}, which does not stand before it`,
          );
        return need.on === "all hosts" ? needed : needed.filter((step) => step.host === host);
      });
      steps.push({ phase, host, after, lookedAt: false });
    }
    byPhase.set(phase.name, steps);
  }
  return [...byPhase.values()].flat();
}
