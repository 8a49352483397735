import type { Cluster } from "../inventory/cluster.ts";
import type { Standing } from "./standing.ts";

/** What is there and not in the inventory, or the other way round, where nothing is done about it: one sentence each. */
export function noticesOf({ kubernetes }: Cluster, { founded, settings, silent, strangers }: Standing): string[] {
  const skipped = (addon: string) => kubernetes.skipPhases.some((phase) => phase === "addon" || phase === addon);
  return [
    ...strangers.map(
      ({ name, address }) =>
        `${name}${address && ` (${address})`} is a node and is not in the inventory: it is left as it is, and so are the routes to its pods`,
    ),
    ...(settings?.addons ?? [])
      .filter(skipped)
      .map((addon) => `${addon} is in the cluster, though kubernetes.skipPhases names it: it is left as it is`),
    ...silent.map(({ name }) => `${name} is in the inventory and not connected: nothing is done there`),
    ...(founded && !settings
      ? [
          "what the cluster was founded with cannot be read from its API: whether the inventory fits it could not be looked at in full",
        ]
      : []),
  ];
}
