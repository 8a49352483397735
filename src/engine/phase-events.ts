import type { Phase } from "../phases/phase.ts";
import type { Outcome, PhaseSummary, Sink } from "./events.ts";
import type { Step } from "./graph.ts";

export function summary(phase: Phase, steps: readonly Step[]): PhaseSummary {
  const hosts = steps.filter((step) => step.phase === phase).map((step) => step.host.name);
  return { name: phase.name, title: phase.title, hosts, needs: phase.needs };
}

/** Emits a phase's start with its first step and its end with its last. */
export function phaseEvents(steps: readonly Step[], sink: Sink) {
  const open = new Map<Phase, { left: number; startedAt?: number; outcome: Outcome }>();
  for (const { phase } of steps) open.set(phase, { left: (open.get(phase)?.left ?? 0) + 1, outcome: "ok" });
  return {
    started({ phase }: Step) {
      const state = open.get(phase);
      if (!state || state.startedAt !== undefined) return;
      state.startedAt = performance.now();
      sink({ type: "phase.start", at: Date.now(), phase: phase.name });
    },
    ended({ phase }: Step, outcome: Outcome) {
      const state = open.get(phase);
      if (!state) return;
      if (state.outcome !== "failed" && outcome !== "ok") state.outcome = outcome;
      if (--state.left > 0) return;
      const ms = Math.round(performance.now() - (state.startedAt ?? performance.now()));
      sink({ type: "phase.end", at: Date.now(), phase: phase.name, outcome: state.outcome, ms });
    },
  };
}
