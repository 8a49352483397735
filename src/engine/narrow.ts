import { TripodError } from "../errors.ts";
import { didYouMean } from "../inventory/suggest.ts";
import type { Phase, Situation } from "../phases/phase.ts";
import type { Group, Step } from "./graph.ts";

/** Restricts a run to these hosts and phases, by name; an absent list restricts nothing. */
export interface Narrowing {
  readonly hosts?: readonly string[];
  readonly phases?: readonly string[];
}

/** Names of the phases and hosts without any step in the run. */
export interface LeftOut {
  readonly phases: readonly string[];
  readonly hosts: readonly string[];
}

/**
 * Checked before any host is contacted.
 * @throws TripodError E_USAGE for an unknown name, and if nothing would be left to do
 */
export function checkNarrowing(phases: readonly Phase[], situation: Situation, only: Narrowing): void {
  known("phase", only.phases, namesOf(phases));
  known("host", only.hosts, namesOf(situation.cluster.machines));
  const taken = phases.filter(({ name }) => only.phases?.includes(name) ?? true);
  const where = taken.flatMap((phase) => namesOf(phase.hosts(situation)));
  const hosts = only.hosts && new Set(only.hosts);
  if (where.some((name) => hosts?.has(name) ?? true)) return;
  throw new TripodError("E_USAGE", `${namesOf(taken).join(", ")}: not on ${only.hosts?.join(", ") ?? "any host"}`, {
    hint:
      where.length > 0
        ? `name one of ${[...new Set(where)].join(", ")}`
        : "leave it out: this inventory does not use it",
  });
}

/**
 * The steps of these hosts and phases, plus, only to be read, the steps that they need. A phase that needs nothing (preflight)
 * is never left out. Removed steps do not change the order of the others.
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
  /** For a removed step: the groups it waited for. */
  const behind = new Map<Step, readonly Group[]>();
  const reduced = new Map<Group, readonly Group[]>();
  /** The remaining steps of a group, plus what its removed steps waited for. A large group stays one shared group. */
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

/** For each step that is only read: the names of the phases that need it. */
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
  throw new TripodError("E_USAGE", `unknown ${what} ${unknown}${didYouMean(unknown, all)}`, {
    hint: `the ${what}s are ${all.join(", ")}`,
  });
}

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}
