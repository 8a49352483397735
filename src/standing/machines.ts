import { controlPlaneEndpoint } from "../config/kubeadm.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { isAt } from "../resources/etcd-members.ts";
import { endpointOf, type Mismatch } from "./mismatches.ts";
import { internalAddress, type Standing } from "./standing.ts";

const EMPTY_IT =
  "if it is to serve here, empty it first (`kubeadm reset`, and move its data away); if not, take it out of the inventory";

/** Machines of the inventory that are not what the cluster that stands knows them as. */
export function machineMismatches(cluster: Cluster, standing: Standing): Mismatch[] {
  return [
    ...membersMismatches(cluster, standing),
    ...cluster.machines.flatMap((machine) => {
      const one =
        otherNode(machine, standing) ?? otherAddress(machine, standing) ?? otherCluster(machine, cluster, standing);
      return one ? [{ machine: machine.name, ...one }] : [];
    }),
  ];
}

/** etcd's own list and the inventory's masters are the same machines. */
function membersMismatches({ masters }: Cluster, { members }: Standing): Mismatch[] {
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
            message: `masters cannot be added to a cluster yet: ${listed(added)} ${is(added)} no member of its etcd`,
            hint: `take ${them(added)} out of \`masters\`; as workers machines can join at any time`,
          },
        ]
      : []),
    ...(removed.length > 0
      ? [
          {
            message: `masters cannot be taken out of a cluster yet: ${listed(removed)} ${is(removed)} in its etcd and not in the inventory`,
            why: removed.flatMap(({ peerUrls }) => peerUrls).join("\n"),
            hint: `put ${them(removed)} back into \`masters\``,
          },
        ]
      : []),
  ];
}

/** Its kubelet's certificate says which node a machine is. */
function otherNode({ name }: Machine, { carried, nodes }: Standing): Mismatch | undefined {
  const node = carried.get(name)?.node;
  if (node === undefined || node === name || (nodes.size > 0 && !nodes.has(node))) return undefined;
  return {
    message: `this machine is node ${node}`,
    why: "its kubelet's client certificate says so",
    hint: `name it ${node} in the inventory: a node cannot be renamed`,
  };
}

function otherAddress({ name, address }: Machine, { nodes, members, carried }: Standing): Mismatch | undefined {
  const node = nodes.get(name);
  const member = members.find((each) => each.name === name);
  const known: readonly (readonly [string, string | undefined])[] = [
    ["node address", node && internalAddress(node)],
    ["etcd peer URL", member && !isAt(member, address) ? member.peerUrls.join(", ") : undefined],
    ["advertised by its API server", carried.get(name)?.apiServer?.advertiseAddress],
  ];
  const stale = known.filter(([, at]) => at !== undefined && at !== address);
  if (stale.length === 0) return undefined;
  return {
    message: `its address is ${address} in the inventory, but the cluster knows ${name} at another`,
    why: stale.map(([what, at]) => `${what}: ${at ?? ""}`).join("\n"),
    hint: "set the address back: that of a machine of the cluster cannot be changed yet",
  };
}

/** What a machine's kubelet or kubectl talks to is this cluster's endpoint, or one of its masters. */
function otherCluster({ name }: Machine, cluster: Cluster, standing: Standing): Mismatch | undefined {
  const ours = new Set([
    controlPlaneEndpoint(cluster),
    endpointOf(cluster, standing),
    ...cluster.masters.map(({ address }) => `${address}:6443`),
  ]);
  const strange = standing.carried.get(name)?.servers.find(({ url }) => !ours.has(url.replace("https://", "")));
  if (!strange) return undefined;
  return { message: `it belongs to another cluster: ${strange.file} names ${strange.url}`, hint: EMPTY_IT };
}

type Named = readonly { readonly name: string }[];

function listed(all: Named): string {
  return all.map(({ name }) => name || "one without a name").join(" and ");
}

function is(all: Named): string {
  return all.length === 1 ? "is" : "are";
}

function them(all: Named): string {
  return all.length === 1 ? "it" : "them";
}
