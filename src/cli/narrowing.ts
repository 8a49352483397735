import type { Command } from "commander";
import type { Narrowing } from "../engine/narrow.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** The options by which a walk is narrowed. */
export interface NarrowingOptions {
  readonly host?: readonly string[];
  readonly phase?: readonly string[];
}

export function withNarrowing(command: Command): Command {
  return command
    .option("--host <name...>", "only these hosts; what they need of others is looked at, not changed")
    .option("--phase <name...>", "only these phases; what they need of others is looked at, not changed");
}

/**
 * What the options leave of a walk; undefined: all of it.
 * @throws TripodError E_USAGE for a name that does not exist
 */
export async function narrowingOf({ host, phase }: NarrowingOptions, cluster: Cluster): Promise<Narrowing | undefined> {
  if (!host && !phase) return undefined;
  const [{ checkNarrowing }, { PHASES }, { noExistingState }] = await Promise.all([
    import("../engine/narrow.ts"),
    import("../phases/index.ts"),
    import("../existing/existing.ts"),
  ]);
  const only = { ...(host && { hosts: host }), ...(phase && { phases: phase }) };
  checkNarrowing(PHASES, { cluster, existing: noExistingState(cluster) }, only);
  return only;
}
