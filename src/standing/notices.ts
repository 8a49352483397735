import type { Cluster } from "../inventory/cluster.ts";
import type { Standing } from "./standing.ts";

/** What is there and not in the inventory, or the other way round, where nothing is done about it: one sentence each. */
export function noticesOf({ kubernetes }: Cluster, { founded, settings, strangers }: Standing): string[] {
  const skipped = (addon: string) => kubernetes.skipPhases.some((phase) => phase === "addon" || phase === addon);
  return [
    ...strangers.map(
      ({ name, address }) =>
        `${name}${address && ` (${address})`} is a node and is not in the inventory: it is left as it is, and so are the routes to its pods`,
    ),
    ...(settings?.addons ?? [])
      .filter(skipped)
      .map((addon) => `${addon} is in the cluster, though kubernetes.skipPhases names it: it is left as it is`),
    ...(founded && !settings
      ? ["no API server answers: whether the inventory fits the cluster that stands could not be looked at in full"]
      : []),
  ];
}
