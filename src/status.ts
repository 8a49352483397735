import { readApi } from "./health/api.ts";
import { type EtcdMember, readEtcd } from "./health/etcd.ts";
import { readVipHolders } from "./health/vip.ts";
import type { Host } from "./host.ts";
import type { Cluster } from "./inventory/cluster.ts";
import { readNodes, ready } from "./resources/kubectl.ts";

/** How a cluster is, part by part; a sentence wherever something is not as it should be. */
export interface Status {
  readonly nodes: readonly { readonly name: string; readonly ready: true | string; readonly version?: string }[];
  /** Masters that carry the VIP; one, when all is well. */
  readonly vipHolders: readonly string[];
  readonly api: readonly { readonly master: string; readonly ready: true | string }[];
  readonly etcd: readonly { readonly master: string; readonly member: EtcdMember | string }[];
  readonly healthy: boolean;
}

/** Reads the state of a cluster from those of its hosts that can be reached, all in the same tick; writes nothing. */
export async function readStatus(cluster: Cluster, hosts: readonly Host[]): Promise<Status> {
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const [nodeLists, vipHolders, api, etcd] = await Promise.all([
    Promise.all(masters.map(readNodes)),
    readVipHolders(masters, cluster.loadBalancer.vip),
    Promise.all(
      masters.map(async (master) => ({
        master: master.name,
        ready: await readApi(master, master.machine.address, 6443),
      })),
    ),
    Promise.all(masters.map(async (master) => ({ master: master.name, member: await ownMember(master) }))),
  ]);
  const nodes = nodesOf(cluster, nodeLists);
  const healthy =
    masters.length === cluster.masters.length &&
    nodes.every((node) => node.ready === true) &&
    vipHolders.length === 1 &&
    api.every((server) => server.ready === true) &&
    etcd.every(({ member }) => typeof member !== "string" && !member.learner);
  return { nodes, vipHolders, api, etcd, healthy };
}

async function ownMember(master: Host): Promise<EtcdMember | string> {
  const answer = await readEtcd(master, [master]);
  return typeof answer === "string" ? answer : (answer[0] ?? "etcd does not answer");
}

/** What the first API server that answers knows of the inventory's machines. */
function nodesOf(cluster: Cluster, lists: readonly Awaited<ReturnType<typeof readNodes>>[]): Status["nodes"] {
  const known = lists.find((list) => typeof list !== "string");
  return cluster.machines.map(({ name }) => {
    const node = typeof known === "string" ? undefined : known?.find(({ metadata }) => metadata.name === name);
    if (!node) return { name, ready: known ? `${name} is no node of the cluster` : (lists[0] as string) };
    const version = node.status.nodeInfo?.kubeletVersion;
    return { name, ready: ready(node), ...(version && { version }) };
  });
}
