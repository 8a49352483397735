import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Machine } from "../inventory/cluster.ts";
import type { Context, Situation } from "./phase.ts";

/** The master through which Tripod reads the cluster and other machines join. Any master can take this part, so the first one can be replaced too. */
export function leader({ existing, masters }: Pick<Context, "existing" | "masters">): Host {
  const chosen = masters.find(({ name }) => name === existing.leader) ?? masters[0];
  if (!chosen) throw new TripodError("E_INTERNAL", "the cluster has no master");
  return chosen;
}

export function isLeader({ name }: Machine | Host, { existing, cluster }: Situation): boolean {
  return name === (cluster.masters.find((master) => master.name === existing.leader) ?? cluster.masters[0])?.name;
}
