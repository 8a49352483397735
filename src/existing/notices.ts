import type { Cluster } from "../inventory/cluster.ts";
import type { ExistingState } from "./existing.ts";

/** What exists and is not in the inventory, or the other way round, and is left as it is: one sentence each. */
export function noticesOf(
  { kubernetes }: Cluster,
  { clusterExists, settings, notConnected, unknownNodes }: ExistingState,
): string[] {
  const skipped = (addon: string) => kubernetes.skipPhases.some((phase) => phase === "addon" || phase === addon);
  return [
    ...unknownNodes.map(
      ({ name, address }) =>
        `${name}${address && ` (${address})`} is a node and not in the inventory: it is left as it is, and so are the routes to its pods`,
    ),
    ...(settings?.addons ?? [])
      .filter(skipped)
      .map((addon) => `${addon} is in the cluster, although kubernetes.skipPhases contains it: it is left as it is`),
    ...notConnected.map(({ name }) => `${name} is in the inventory and not connected: it is left as it is`),
    ...(clusterExists && !settings
      ? [
          "the settings of the existing cluster cannot be read from its API: the inventory could not be compared with all of them",
        ]
      : []),
  ];
}
