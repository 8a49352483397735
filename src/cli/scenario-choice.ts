import type { Scenario } from "../drills/scenario.ts";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { suggest } from "../inventory/suggest.ts";

/** How the command line selects scenarios. */
export interface ScenarioOptions {
  readonly all?: boolean;
  readonly allowQuorumLoss?: boolean;
  readonly rounds: number;
}

/**
 * The scenarios that names and options select, as often as there are rounds.
 * @throws TripodError E_USAGE for names that do not exist; E_REFUSED for the loss of etcd's quorum, unless it is allowed
 */
export function chooseScenarios(
  all: readonly Scenario[],
  names: readonly string[],
  options: ScenarioOptions,
): Scenario[] {
  if (names.length > 0 && options.all)
    throw new TripodError("E_USAGE", "--all and scenario names exclude each other", { hint: "use one of them" });
  mustExist(
    names,
    all.map(({ name }) => name),
  );
  const { allowQuorumLoss = false } = options;
  const chosen = all.filter(({ name, usual, stops }) => {
    if (names.length > 0) return names.includes(name);
    return stops ? allowQuorumLoss : usual || options.all;
  });
  const stopping = chosen.find(({ stops }) => stops);
  if (stopping && !allowQuorumLoss)
    throw new TripodError(
      "E_REFUSED",
      `${stopping.name} makes etcd lose its quorum: reads and writes stop while it lasts`,
      {
        hint: "to allow this, add --allow-quorum-loss",
      },
    );
  return Array.from({ length: options.rounds }, () => chosen).flat();
}

function mustExist(names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const message =
    unknown.length === 1 ? `there is no scenario ${unknown.join()}` : `there are no scenarios ${unknown.join(", ")}`;
  const meant = [...new Set(meantBy(unknown, known))].map((name) => `\`${name}\``);
  throw new TripodError("E_USAGE", meant.length === 0 ? message : `${message}, did you mean ${meant.join(", ")}?`, {
    hint: "see `tripod drill --list`",
  });
}

/** The scenarios that unknown names stand for. `power holder` is `power-holder`. */
function meantBy(unknown: readonly string[], known: readonly string[]): string[] {
  if (unknown.length === 0) return [];
  for (let count = unknown.length; count > 1; count--) {
    const joined = suggest(unknown.slice(0, count).join("-"), known);
    if (joined !== undefined) return [joined, ...meantBy(unknown.slice(count), known)];
  }
  const [first = "", ...others] = unknown;
  return [suggest(first, known) ?? [], meantBy(others, known)].flat();
}

/** Those of the scenarios that are skipped, because there is no command that switches machines off. */
export function withoutPower({ power, lab }: Cluster, scenarios: readonly Scenario[]): readonly Scenario[] {
  return power || lab ? [] : scenarios.filter(({ needsPower }) => needsPower);
}

/** What was asked for by name is not skipped. @throws TripodError E_USAGE */
export function mustHavePower(cluster: Cluster, scenarios: readonly Scenario[]): void {
  const skipped = withoutPower(cluster, scenarios);
  if (skipped.length === 0) return;
  const needs = new Set(skipped).size === 1 ? "needs" : "need";
  throw new TripodError("E_USAGE", `${namesOf(skipped)} ${needs} \`power\`, which the inventory does not set`, {
    hint: "set `power.off` and `power.on`: the commands that switch a machine off and on (docs/drills.md)",
  });
}

/** Each name once, whatever the number of rounds. */
export function namesOf(scenarios: readonly Scenario[]): string {
  return [...new Set(scenarios.map(({ name }) => name))].join(", ");
}
