import { TripodError } from "../errors.ts";
import { didYouMean } from "../inventory/suggest.ts";
import type { Phase, Situation } from "../phases/phase.ts";
import type { Group, Step } from "./graph.ts";

/** Takes only these hosts and phases, by their names; what is absent is not narrowed. */
export interface Narrowing {
  readonly hosts?: readonly string[];
  readonly phases?: readonly string[];
}

/** Names of the phases and hosts of which no step is taken. */
export interface LeftOut {
  readonly phases: readonly string[];
  readonly hosts: readonly string[];
}

/**
 * Asked before anybody is contacted.
 * @throws TripodError E_USAGE for a name that does not exist, and where nothing would be left to do
 */
export function checkNarrowing(phases: readonly Phase[], situation: Situation, only: Narrowing): void {
  known("phase", only.phases, namesOf(phases));
  known("host", only.hosts, namesOf(situation.cluster.machines));
  const taken = phases.filter(({ name }) => only.phases?.includes(name) ?? true);
  const where = taken.flatMap((phase) => namesOf(phase.hosts(situation)));
  const hosts = only.hosts && new Set(only.hosts);
  if (where.some((name) => hosts?.has(name) ?? true)) return;
  throw new TripodError("E_USAGE", `${namesOf(taken).join(", ")}: not on ${only.hosts?.join(", ") ?? "any host"}`, {
    hint: where.length > 0 ? `it is done on ${[...new Set(where)].join(", ")}` : "this inventory has no use for it",
  });
}

/**
 * The steps of these hosts and phases; and, to be looked at, those left out that one of them needs. What needs nothing (preflight)
 * is never left out. Order is kept through steps that are gone.
 */
export function narrow(steps: readonly Step[], { hosts, phases }: Narrowing): Step[] {
  const [onHosts, ofPhases] = [hosts && new Set(hosts), phases && new Set(phases)];
  const chosen = new Set(
    steps.filter(
      ({ phase, host }) => isGate(phase) || ((onHosts?.has(host.name) ?? true) && (ofPhases?.has(phase.name) ?? true)),
    ),
  );
  const needed = new Set(groupsOf(chosen).flat());
  const kept = new Map<Step, Step>();
  /** Of a step that is gone: what it stood behind. */
  const behind = new Map<Step, readonly Group[]>();
  const reduced = new Map<Group, readonly Group[]>();
  /** What of a group is left, and what those stood behind that are gone. Of many it is one group again, shared as they were. */
  const reduce = (group: Group): readonly Group[] => {
    const gone = new Set(group.flatMap((step) => behind.get(step) ?? []));
    if (group.length === 1 && gone.size > 0) return [...gone];
    const left = new Set([...group.flatMap((step) => kept.get(step) ?? []), ...[...gone].flat()]);
    return left.size > 0 ? [[...left]] : [];
  };
  for (const step of steps) {
    for (const group of step.after) if (!reduced.has(group)) reduced.set(group, reduce(group));
    const after = [...new Set(step.after.flatMap((group) => reduced.get(group) ?? []))];
    if (chosen.has(step) || needed.has(step)) kept.set(step, { ...step, after, lookedAt: !chosen.has(step) });
    else behind.set(step, after);
  }
  return [...kept.values()];
}

/** Each group that one of these steps waits for, once. */
function groupsOf(steps: Iterable<Step>): Group[] {
  return [...new Set([...steps].flatMap(({ after }) => after))];
}

/** Of each step that is only looked at: the names of the phases that need it. */
export function neededBy(steps: readonly Step[]): ReadonlyMap<Step, ReadonlySet<string>> {
  const needing = new Map<Group, Set<string>>();
  for (const { phase, after } of steps)
    for (const group of after) needing.set(group, (needing.get(group) ?? new Set()).add(phase.name));
  const names = new Map<Step, Set<string>>();
  for (const [group, phases] of needing)
    for (const step of group.filter(({ lookedAt }) => lookedAt))
      names.set(step, new Set([...(names.get(step) ?? []), ...phases]));
  return names;
}

export function leftOut(all: readonly Step[], taken: readonly Step[]): LeftOut {
  const done = taken.filter((step) => !step.lookedAt);
  const without = (names: (steps: readonly Step[]) => string[]) => {
    const taken = new Set(names(done));
    return [...new Set(names(all))].filter((name) => !taken.has(name));
  };
  return {
    phases: without((steps) => steps.map(({ phase }) => phase.name)),
    hosts: without((steps) => steps.filter(({ phase }) => !isGate(phase)).map(({ host }) => host.name)),
  };
}

function isGate(phase: Phase): boolean {
  return phase.needs.length === 0;
}

function known(what: string, names: readonly string[] = [], all: readonly string[]): void {
  const there = new Set(all);
  const unknown = names.find((name) => !there.has(name));
  if (unknown === undefined) return;
  throw new TripodError("E_USAGE", `there is no ${what} ${unknown}${didYouMean(unknown, all)}`, {
    hint: `the ${what}s are ${all.join(", ")}`,
  });
}

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}
