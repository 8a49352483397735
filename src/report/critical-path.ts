import type { PhaseSummary } from "../engine/events.ts";
import type { Interval } from "./intervals.ts";

/** The chain of steps that decided how long the run took. */
export interface CriticalPath {
  readonly steps: readonly CriticalStep[];
  /** Sum over the steps: how long the hosts themselves worked. */
  readonly commandMs: number;
  readonly wallMs: number;
  /** wallMs / commandMs: 1 is a run that only waited for its hosts. Absent if no command ran. */
  readonly ratio?: number;
}

export interface CriticalStep extends Interval {
  readonly phase: string;
  readonly host: string;
  readonly commandMs: number;
}

/** Goes back from the step that ended last, each time to the last to end of the steps that it needed. */
export function criticalPath(
  steps: readonly CriticalStep[],
  phases: readonly PhaseSummary[],
  wallMs: number,
): CriticalPath {
  const needs = new Map(phases.map((phase) => [phase.name, phase.needs]));
  const path: CriticalStep[] = [];
  let current = lastToEnd(steps);
  while (current) {
    const { phase, host, start, end, commandMs } = current;
    path.unshift({ phase, host, start, end, commandMs });
    const needed = needs.get(phase) ?? [];
    current = lastToEnd(
      steps.filter((step) =>
        needed.some((need) => need.phase === step.phase && (need.on === "all hosts" || step.host === host)),
      ),
    );
  }
  const commandMs = path.reduce((total, step) => total + step.commandMs, 0);
  return { steps: path, commandMs, wallMs, ...(commandMs > 0 && { ratio: wallMs / commandMs }) };
}

function lastToEnd(steps: readonly CriticalStep[]): CriticalStep | undefined {
  return steps.reduce<CriticalStep | undefined>(
    (last, step) => (last && last.end >= step.end ? last : step),
    undefined,
  );
}
