import type { ProbeInfo } from "../../drills/events.ts";
import type { ScenarioReport } from "./scenario.ts";

/** A scenario that ran several times. */
export interface RoundsReport {
  readonly name: string;
  readonly title: string;
  readonly rounds: number;
  readonly probes: readonly ProbeRounds[];
}

/** The results of one probe in all rounds; ms. */
interface ProbeRounds {
  readonly probe: ProbeInfo;
  /** The total outage of each round, in order. */
  readonly darks: readonly number[];
  readonly median: number;
  readonly worstDark: number;
  readonly worstTail: number;
  readonly failed: number;
  readonly asked: number;
}

export function roundsOf(scenarios: readonly ScenarioReport[]): RoundsReport[] {
  const byName = new Map<string, ScenarioReport[]>();
  for (const scenario of scenarios) byName.set(scenario.name, [...(byName.get(scenario.name) ?? []), scenario]);
  return [...byName.values()].flatMap((rounds) => {
    const [first] = rounds;
    if (!first || rounds.length < 2) return [];
    const { name, title, probes } = first;
    return [{ name, title, rounds: rounds.length, probes: probes.map(({ probe }) => probeRounds(probe, rounds)) }];
  });
}

function probeRounds(probe: ProbeInfo, rounds: readonly ScenarioReport[]): ProbeRounds {
  const measured = rounds.flatMap(({ probes }) =>
    probes.filter((each) => each.probe.id === probe.id).map((each) => each.measured),
  );
  const darks = measured.map(({ dark }) => dark);
  return {
    probe,
    darks,
    median: median(darks),
    worstDark: Math.max(...darks),
    worstTail: Math.max(...measured.map(({ tail }) => tail)),
    failed: measured.reduce((sum, { failed }) => sum + failed, 0),
    asked: measured.reduce((sum, { asked }) => sum + asked, 0),
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
