import type { Host } from "../host.ts";
import type { Condition } from "../condition.ts";
import { type Node, readNodes, ready } from "../resources/kubectl.ts";
import { kubeletProblem } from "./kubelet.ts";
import { type Lease, readLeases, renewalOverdue } from "./leases.ts";

/**
 * Whether a node works: `true`, or a sentence. The API still reports a node as Ready for 40 seconds after its power was cut; its kubelet's
 * Lease shows it earlier. Where the kubelet does not report what is wrong, its own host is asked.
 * @param host the node's own, where we are connected to it
 */
export async function nodeWorks(
  name: string,
  nodes: readonly Node[],
  leases: readonly Lease[],
  host: Host | undefined,
): Promise<true | string> {
  const node = nodes.find(({ metadata }) => metadata.name === name);
  const problem = async () => {
    const found = host && (await kubeletProblem(host));
    return found ? `: ${found}` : "";
  };
  if (!node) return `${name} is not a node of the cluster${await problem()}`;
  const overdue = renewalOverdue(name, leases);
  if (overdue !== undefined)
    return `the kubelet of ${name} has not renewed its Lease for ${overdue} s${await problem()}`;
  const isReady = ready(node);
  const condition = node.status.conditions?.find(({ type }) => type === "Ready");
  // "False" comes from the kubelet itself, with its reason.
  return isReady === true || condition?.status === "False" ? isReady : `${isReady}${await problem()}`;
}

/**
 * Every machine of the inventory is a node, is Ready, and its kubelet renews its Lease.
 * @param hosts those we are connected to
 * @param within deadline, ms
 */
export function nodesReady(
  leader: Host,
  names: readonly string[],
  hosts: readonly Host[],
  within = 180_000,
): Condition {
  return {
    title: `${names.length} nodes are Ready`,
    within,
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
