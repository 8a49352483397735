import type { Host } from "../host.ts";
import type { Condition } from "../resources/condition.ts";
import { readNodes, ready } from "../resources/kubectl.ts";

/** Every machine of the inventory is a node, and Ready. */
export function nodesReady(leader: Host, names: readonly string[]): Condition {
  return {
    title: `${names.length} nodes are Ready`,
    within: 180_000,
    async holds() {
      const nodes = await readNodes(leader);
      if (typeof nodes === "string") return nodes;
      const missing = names.filter((name) => !nodes.some((node) => node.metadata.name === name));
      if (missing.length > 0) return `${missing.join(", ")} is no node yet`;
      return (
        nodes
          .filter((node) => names.includes(node.metadata.name))
          .map(ready)
          .find((answer) => answer !== true) ?? true
      );
    },
  };
}
