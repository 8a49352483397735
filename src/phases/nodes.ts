import { node } from "../resources/node.ts";
import { leader } from "./leader.ts";
import { type Phase, sameHost } from "./phase.ts";

const MASTER_TAINTS = ["node-role.kubernetes.io/master:NoSchedule", "node-role.kubernetes.io/control-plane:NoSchedule"];

/** Labels and taints of the inventory on every node; masters open to ordinary pods by choice. */
export const nodes: Phase = {
  name: "nodes",
  title: "Labels and taints",
  needs: [sameHost("first-master"), sameHost("other-masters"), sameHost("workers")],
  hosts: (cluster) => cluster.machines,
  async resources(host, context) {
    const { name, labels, taints, role } = host.machine;
    const unwantedTaints = role === "master" && context.cluster.kubernetes.mastersSchedulable ? MASTER_TAINTS : [];
    return [node({ leader: await leader(context), name, labels, taints, unwantedTaints })];
  },
};
