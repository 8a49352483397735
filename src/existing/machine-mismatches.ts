import { controlPlaneEndpoint } from "../config/kubeadm.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { API_SERVER_PORT } from "../layout.ts";
import { isAt } from "../resources/etcd-members.ts";
import { endpointOf, type Mismatch } from "./mismatches.ts";
import { internalAddress, type ExistingState } from "./existing.ts";

const EMPTY_IT =
  "if the machine is to join this cluster, reset it first (`kubeadm reset`, and move its data away); if not, remove it from the inventory";

/** Machines of the inventory that do not match what the existing cluster knows of them. */
export function machineMismatches(cluster: Cluster, existing: ExistingState): Mismatch[] {
  return [
    ...membersMismatches(cluster, existing),
    ...cluster.machines.flatMap((machine) => {
      const one =
        otherNode(machine, existing) ?? otherAddress(machine, existing) ?? otherCluster(machine, cluster, existing);
      return one ? [{ machine: machine.name, ...one }] : [];
    }),
  ];
}

/** etcd's member list and the inventory's masters name the same machines. */
function membersMismatches({ masters }: Cluster, { members }: ExistingState): Mismatch[] {
  if (members.length === 0) return [];
  const added = masters.filter(
    ({ name, address }) => !members.some((member) => member.name === name || isAt(member, address)),
  );
  const removed = members.filter(
    (member) => !masters.some(({ name, address }) => member.name === name || isAt(member, address)),
  );
  return [
    ...(added.length > 0
      ? [
          {
            message: `masters cannot be added to a cluster yet: ${listed(added)} ${is(added)} not in its etcd`,
            hint: `remove ${them(added)} from \`masters\`; workers can join at any time`,
          },
        ]
      : []),
    ...(removed.length > 0
      ? [
          {
            message: `masters cannot be removed from a cluster yet: ${listed(removed)} ${is(removed)} in its etcd and not in the inventory`,
            why: removed.flatMap(({ peerUrls }) => peerUrls).join("\n"),
            hint: `put ${them(removed)} back into \`masters\``,
          },
        ]
      : []),
  ];
}

/** A machine's kubelet certificate contains the name of its node. */
function otherNode({ name }: Machine, { machineStates, nodes }: ExistingState): Mismatch | undefined {
  const node = machineStates.get(name)?.node;
  if (node === undefined || node === name || (nodes.size > 0 && !nodes.has(node))) return undefined;
  return {
    message: `this machine is already the node ${node}`,
    why: "its kubelet's client certificate has this name",
    hint: `name the machine ${node} in the inventory: a node cannot be renamed`,
  };
}

function otherAddress(
  { name, address }: Machine,
  { nodes, members, machineStates }: ExistingState,
): Mismatch | undefined {
  const node = nodes.get(name);
  const member = members.find((each) => each.name === name);
  const known: readonly (readonly [string, string | undefined])[] = [
    ["node address", node && internalAddress(node)],
    ["etcd peer URL", member && !isAt(member, address) ? member.peerUrls.join(", ") : undefined],
    ["advertised by its API server", machineStates.get(name)?.apiServer?.advertiseAddress],
  ];
  const stale = known.filter(([, at]) => at !== undefined && at !== address);
  if (stale.length === 0) return undefined;
  return {
    message: `its address is ${address} in the inventory, but the cluster has another address for ${name}`,
    why: stale.map(([what, at]) => `${what}: ${at ?? ""}`).join("\n"),
    hint: "restore the address in the inventory: the address of a machine cannot be changed yet",
  };
}

/** A machine's kubelet and kubectl connect to this cluster's endpoint, or to one of its masters. */
function otherCluster({ name }: Machine, cluster: Cluster, existing: ExistingState): Mismatch | undefined {
  const ours = new Set([
    controlPlaneEndpoint(cluster),
    endpointOf(cluster, existing),
    ...cluster.masters.map(({ address }) => `${address}:${API_SERVER_PORT}`),
  ]);
  const strange = existing.machineStates.get(name)?.servers.find(({ url }) => !ours.has(url.replace("https://", "")));
  if (!strange) return undefined;
  return { message: `it belongs to another cluster: the server in ${strange.file} is ${strange.url}`, hint: EMPTY_IT };
}

type Named = readonly { readonly name: string }[];

function listed(all: Named): string {
  return all.map(({ name }) => name || "a member without a name").join(" and ");
}

function is(all: Named): string {
  return all.length === 1 ? "is" : "are";
}

function them(all: Named): string {
  return all.length === 1 ? "it" : "them";
}
