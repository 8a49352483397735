import type { Host } from "../host.ts";
import type { Condition } from "../resources/condition.ts";
import { type Node, readNodes, ready } from "../resources/kubectl.ts";
import { kubeletTrouble } from "./kubelet.ts";
import { type Lease, readLeases, silentFor } from "./leases.ts";

/**
 * Whether a node works: `true`, or a sentence. The API goes on calling a node Ready for 40 seconds after its power was cut; its kubelet's
 * Lease tells earlier. Where the kubelet itself does not say what is wrong, its own host is asked.
 * @param host the node's own, where we are connected to it
 */
export async function nodeWorks(
  name: string,
  nodes: readonly Node[],
  leases: readonly Lease[],
  host: Host | undefined,
): Promise<true | string> {
  const node = nodes.find(({ metadata }) => metadata.name === name);
  const trouble = async () => {
    const found = host && (await kubeletTrouble(host));
    return found ? `: ${found}` : "";
  };
  if (!node) return `${name} is no node of the cluster${await trouble()}`;
  const silence = silentFor(name, leases);
  if (silence !== undefined) return `${name} was not heard from for ${silence} s${await trouble()}`;
  const isReady = ready(node);
  const condition = node.status.conditions?.find(({ type }) => type === "Ready");
  // "False" is what the kubelet says of itself, and why.
  return isReady === true || condition?.status === "False" ? isReady : `${isReady}${await trouble()}`;
}

/** Every machine of the inventory is a node, and Ready, and is heard from. @param hosts those we are connected to */
export function nodesReady(leader: Host, names: readonly string[], hosts: readonly Host[]): Condition {
  return {
    title: `${names.length} nodes are Ready`,
    within: 180_000,
    async holds() {
      const [nodes, leases] = await Promise.all([readNodes(leader), readLeases(leader)]);
      if (typeof nodes === "string") return nodes;
      if (typeof leases === "string") return leases;
      const answers = await Promise.all(
        names.map((name) =>
          nodeWorks(
            name,
            nodes,
            leases,
            hosts.find((host) => host.name === name),
          ),
        ),
      );
      return answers.find((answer) => answer !== true) ?? true;
    },
  };
}
