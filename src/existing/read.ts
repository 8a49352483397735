import { isPodCidr } from "../config/pod-cidr.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { readMembers } from "../resources/etcd-members.ts";
import { type Node, readNodes } from "../resources/kubectl.ts";
import { readMachineState } from "./machine-state.ts";
import { readSettings } from "./settings.ts";
import { internalAddress, type ExistingState, type UnknownNode } from "./existing.ts";

/**
 * Reads the existing state from the inventory's machines that are connected; writes nothing. Two commands on the master through which
 * the cluster is read, one on every other host, one more where there are nodes that the inventory does not name.
 */
export async function readExistingState(cluster: Cluster, hosts: readonly Host[]): Promise<ExistingState> {
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const [statesByHost, nodeLists, memberLists] = await Promise.all([
    Promise.all(hosts.map(async (host) => [host.name, await readMachineState(host)] as const)),
    Promise.all(masters.map(readNodes)),
    Promise.all(masters.map(readMembers)),
  ]);
  const machineStates = new Map(statesByHost);
  const connected = new Set(hosts.map(({ name }) => name));
  const answering = masters.findIndex((master, index) => knows(nodeLists[index], master.name));
  const nodes = nodesByName(nodeLists[answering]);
  const setUp = masters.find(({ name }) => machineStates.get(name)?.apiServer);
  const leader = masters[answering] ?? setUp ?? masters[0];
  const members = memberLists.find((list) => typeof list !== "string");
  return {
    clusterExists: setUp !== undefined || nodes.size > 0,
    leader: leader?.name ?? cluster.masters[0]?.name ?? "",
    nodes,
    members: typeof members === "object" ? members : [],
    settings: nodes.size > 0 && leader ? await readSettings(leader) : undefined,
    machineStates,
    notConnected: cluster.machines.filter(({ name }) => !connected.has(name)),
    unknownNodes: await unknownNodesAmong(nodes, cluster, hosts),
  };
}

/** The cluster is read through a master that its own API server knows as a node. */
function knows(list: readonly Node[] | string | undefined, name: string): boolean {
  return typeof list === "object" && list.some(({ metadata }) => metadata.name === name);
}

function nodesByName(list: readonly Node[] | string | undefined): Map<string, Node> {
  return new Map(typeof list === "object" ? list.map((node) => [node.metadata.name, node]) : []);
}

async function unknownNodesAmong(
  nodes: ReadonlyMap<string, Node>,
  { machines, kubernetes }: Cluster,
  hosts: readonly Host[],
): Promise<UnknownNode[]> {
  const named = new Set(machines.map(({ name }) => name));
  const unnamed = [...nodes.values()].filter(({ metadata }) => !named.has(metadata.name));
  if (unnamed.length === 0) return [];
  // The routes of all hosts: one may have lost its own.
  const tables = await Promise.all(
    hosts.map(async (host) => (await host.read("ip -o -4 route show proto 117")).stdout),
  );
  const routes = [...tables.join("\n").matchAll(/^([\d.]+\/24) via ([\d.]+) /gm)];
  return unnamed.map((node) => {
    const address = internalAddress(node) ?? "";
    // A node reports its own address, which is not trusted: it cannot claim the pod range of a machine in the inventory.
    const known = machines.some((machine) => machine.address === address);
    const route = routes.find(([, cidr = "", via]) => via === address && isPodCidr(cidr, kubernetes.podSubnet));
    const podCidr = known ? undefined : route?.[1];
    return { name: node.metadata.name, address, ...(podCidr && { podCidr }) };
  });
}
