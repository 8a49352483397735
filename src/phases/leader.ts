import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { readNodes } from "../resources/kubectl.ts";
import type { Context } from "./phase.ts";

/**
 * The master that is asked about the cluster and through which others join: the first whose API server knows it as a node; before
 * there is a cluster, the first of the inventory, on which it is founded. So any master can be replaced, the first one too.
 */
export function leader(context: Context): Promise<Host> {
  return context.once("leader", async () => {
    const answers = await Promise.all(context.masters.map(readNodes));
    const standing = context.masters.find((master, index) => {
      const nodes = answers[index];
      return (
        nodes !== undefined && typeof nodes !== "string" && nodes.some((node) => node.metadata.name === master.name)
      );
    });
    const chosen = standing ?? context.masters[0];
    if (!chosen) throw new TripodError("E_INTERNAL", "a cluster without a master");
    return chosen;
  });
}
