import { TripodError } from "../errors.ts";
import { didYouMean } from "../inventory/suggest.ts";
import type { Phase, Situation } from "../phases/phase.ts";
import type { Step } from "./graph.ts";

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
  if (where.some((name) => only.hosts?.includes(name) ?? true)) return;
  throw new TripodError("E_USAGE", `${namesOf(taken).join(", ")}: not on ${only.hosts?.join(", ") ?? "any host"}`, {
    hint: where.length > 0 ? `it is done on ${[...new Set(where)].join(", ")}` : "this inventory has no use for it",
  });
}

/**
 * The steps of these hosts and phases; and, to be looked at, those left out that one of them needs. What needs nothing (preflight)
 * is never left out. Order is kept through steps that are gone.
 */
export function narrow(steps: readonly Step[], { hosts, phases }: Narrowing): Step[] {
  const chosen = new Set(
    steps.filter(
      ({ phase, host }) =>
        isGate(phase) || ((hosts?.includes(host.name) ?? true) && (phases?.includes(phase.name) ?? true)),
    ),
  );
  const needed = new Set([...chosen].flatMap(({ after }) => after));
  /** For each step of the whole: itself, or where it is gone, what it stood behind. */
  const standsFor = new Map<Step, readonly Step[]>();
  for (const step of steps) {
    const after = [...new Set(step.after.flatMap((each) => standsFor.get(each) ?? []))];
    const kept = chosen.has(step) || needed.has(step);
    standsFor.set(step, kept ? [{ ...step, after, lookedAt: !chosen.has(step) }] : after);
  }
  return [...new Set([...standsFor.values()].flat())];
}

export function leftOut(all: readonly Step[], taken: readonly Step[]): LeftOut {
  const done = taken.filter((step) => !step.lookedAt);
  const without = (names: (steps: readonly Step[]) => string[]) =>
    [...new Set(names(all))].filter((name) => !names(done).includes(name));
  return {
    phases: without((steps) => steps.map(({ phase }) => phase.name)),
    hosts: without((steps) => steps.filter(({ phase }) => !isGate(phase)).map(({ host }) => host.name)),
  };
}

function isGate(phase: Phase): boolean {
  return phase.needs.length === 0;
}

function known(what: string, names: readonly string[] = [], all: readonly string[]): void {
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return;
  throw new TripodError("E_USAGE", `there is no ${what} ${unknown}${didYouMean(unknown, all)}`, {
    hint: `the ${what}s are ${all.join(", ")}`,
  });
}

function namesOf(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name);
}
