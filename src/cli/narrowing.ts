import { type Command, Option } from "commander";
import type { Narrowing } from "../engine/narrow.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** The options by which a walk is narrowed. */
export interface NarrowingOptions {
  readonly host?: readonly string[];
  readonly phase?: readonly string[];
}

/** The phases, for --help, which does not load them: the names of `PHASES` in src/phases/index.ts. @internal exported for its test */
export const PHASE_NAMES = [
  ...["preflight", "packages", "prepare", "firewall", "certificates", "etcd", "load-balancer", "container-runtime"],
  ...[
    "pod-network",
    "first-kubernetes",
    "kubernetes",
    "first-master",
    "network-manifest",
    "other-masters",
    "standby",
    "workers",
  ],
  ...["nodes", "health", "verify"],
];

export function withNarrowing(command: Command): Command {
  return command
    .addOption(names("--host <name...>", "only these hosts; what they need on others is checked, not changed"))
    .addOption(
      names(
        "--phase <name...>",
        `only these phases; the phases they need are checked, not changed; the phases: ${PHASE_NAMES.join(", ")}`,
      ),
    );
}

/** Names, separated by spaces or commas: neither hosts nor phases have a comma in their names. */
function names(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before?: readonly string[]) => {
    const listed = text.split(",").filter(Boolean);
    return [...(before ?? []), ...(listed.length > 0 ? listed : [text])];
  });
}

/**
 * The part of a walk that the options select; undefined: all of it.
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
