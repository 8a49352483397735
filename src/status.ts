import { makesNodesReady } from "./cni/index.ts";
import { readApi } from "./health/api.ts";
import { readDns } from "./health/dns.ts";
import { type EtcdMember, readMember } from "./health/etcd.ts";
import { CONTROLLERS, type Lease, leads, readLeases } from "./health/leases.ts";
import { readLoadBalancer } from "./health/load-balancer.ts";
import { nodeWorks } from "./health/nodes.ts";
import { hasPodRoutes, readPodRoutes } from "./health/pod-routes.ts";
import { readVip, removeStray, strayVip } from "./health/vip.ts";
import type { TripodError } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Cluster, Machine } from "./inventory/cluster.ts";
import { clusterOptions } from "./inventory/option.ts";
import { API_SERVER_PORT } from "./layout.ts";
import { bastionName } from "./remote/ssh.ts";
import { type Node, readNodes } from "./resources/kubectl.ts";
import { readVerifyRecord } from "./resources/verify-record.ts";

type Answer = true | string;

/** The state of a cluster, part by part; wherever a part is not healthy, a sentence with the reason. */
export interface Status {
  readonly nodes: readonly { readonly name: string; readonly ready: Answer; readonly version?: string }[];
  /** Masters whose keepalived holds the VIP; one if the cluster is healthy. */
  readonly vipHolders: readonly string[];
  /** Hosts that have the VIP though their keepalived did not set it: what was found, and the command that removes it. */
  readonly vipStrays: readonly { readonly host: string; readonly found: string; readonly remove: string }[];
  readonly api: readonly { readonly master: string; readonly ready: Answer }[];
  readonly etcd: readonly { readonly master: string; readonly member: EtcdMember | string }[];
  /** keepalived and haproxy on each reachable master. */
  readonly loadBalancers: readonly { readonly master: string; readonly working: Answer }[];
  /** Controller manager and scheduler; empty if no API server answers. */
  readonly controllers: readonly { readonly name: string; readonly leading: Answer }[];
  /** Routes to the pods of the other nodes, on each reachable host; empty if the pod network is not Tripod's own. */
  readonly podRoutes: readonly { readonly host: string; readonly complete: Answer }[];
  /** The cluster's DNS; absent if the cluster does not use kubeadm's, or if it could not be read. */
  readonly dns?: Answer;
  /** Whether every host has reached a pod on every node since the last change; absent without a pod network, or if no API server answers. */
  readonly verified?: Answer;
  /** Nodes that the inventory does not name. */
  readonly strangers: readonly string[];
  /** Everything that is not healthy, a sentence each. */
  readonly problems: readonly string[];
  readonly healthy: boolean;
}

/** What the first API server that answers reports. */
interface Known {
  readonly nodes: readonly Node[];
  readonly leases: readonly Lease[] | string;
  readonly dns: Answer | undefined;
  readonly verified: Answer | undefined;
}

/**
 * Reads the state of a cluster from those of its hosts that can be reached; writes nothing. Unreachable hosts are named, with what the
 * other hosts see of them.
 * @param unusable why some of the machines are not among the hosts
 */
export async function readStatus(
  cluster: Cluster,
  hosts: readonly Host[],
  unusable: readonly TripodError[] = [],
): Promise<Status> {
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const [known, vip, loadBalancers, control] = await Promise.all([
    readKnown(cluster, masters),
    readVip(hosts, cluster.loadBalancer.vip),
    Promise.all(masters.map(async (host) => ({ master: host.name, working: await readLoadBalancer(host, cluster) }))),
    readControlPlane(cluster, masters),
  ]);
  const [nodes, podRoutes] = await Promise.all([
    readNodeStates(cluster, hosts, known),
    typeof known === "string" ? [] : readAllPodRoutes(cluster, hosts, known.nodes),
  ]);
  const parts = {
    nodes,
    vipHolders: vip.holders,
    vipStrays: vip.strays.map((stray) => ({ host: stray.host, found: strayVip(stray), remove: removeStray(stray) })),
    ...control,
    loadBalancers,
    controllers: controllersOf(known),
    podRoutes,
    ...(typeof known !== "string" && known.dns !== undefined && { dns: known.dns }),
    ...(typeof known !== "string" && known.verified !== undefined && { verified: known.verified }),
    strangers: typeof known === "string" ? [] : strangersOf(cluster, known.nodes),
  };
  const absent = cluster.machines
    .filter(({ name }) => !hosts.some((host) => host.name === name))
    .map((machine) => `${machine.name}: ${whyAbsent(machine, unusable)}`);
  const problems = [
    ...absent,
    ...(masters.length > 0 ? problemsOf(cluster, parts) : [NO_MASTER, ...straysOf(parts.vipStrays)]),
  ];
  return { ...parts, problems, healthy: problems.length === 0 };
}

const NOT_CONNECTED = "login failed";

function whyAbsent({ name, ssh }: Machine, unusable: readonly TripodError[]): string {
  const errorOf = (host: string) => unusable.find(({ details }) => details.host === host);
  const bastion = ssh.bastion && bastionName(ssh.bastion);
  return errorOf(name)?.message ?? (bastion && errorOf(bastion) ? `${bastion} cannot be used` : NOT_CONNECTED);
}

const NO_MASTER = "no master could be reached";

/** Whether a master could be asked. Without one nothing is known of nodes, API servers, etcd and the VIP's holder. */
export function hasMaster({ loadBalancers }: Pick<Status, "loadBalancers">): boolean {
  return loadBalancers.length > 0;
}

function straysOf(strays: Status["vipStrays"]): string[] {
  return strays.map(({ host, found, remove }) => `${host} has ${found}: \`${remove}\` there removes it`);
}

/** What the first API server that answers reports; or why none answers. */
async function readKnown(cluster: Cluster, masters: readonly Host[]): Promise<Known | string> {
  const hasNetwork = makesNodesReady(cluster.network);
  const lists = await Promise.all(masters.map(readNodes));
  const at = lists.findIndex((list) => typeof list !== "string");
  const [nodes, master] = [lists[at], masters[at]];
  if (nodes === undefined || typeof nodes === "string" || !master) return (lists[0] as string | undefined) ?? NO_MASTER;
  const [leases, dns, verified] = await Promise.all([
    readLeases(master),
    hasNetwork ? readDns(master, cluster) : undefined,
    hasNetwork ? readVerified(master, cluster) : undefined,
  ]);
  return { nodes, leases, dns, verified };
}

async function readVerified(master: Host, cluster: Cluster): Promise<Answer> {
  const record = await readVerifyRecord(master);
  if (typeof record === "string") return record;
  const { result, why } = record;
  if (result === "reached") return true;
  if (result === "failed") return why ?? "failed";
  return `not verified since the last change: run \`tripod apply ${clusterOptions(cluster)}\``;
}

function strangersOf({ machines }: Cluster, nodes: readonly Node[]): string[] {
  return nodes.map(({ metadata }) => metadata.name).filter((node) => !machines.some(({ name }) => name === node));
}

/** API servers and members of etcd: each is asked from its own host, or from another master if its own is not connected. */
async function readControlPlane(cluster: Cluster, masters: readonly Host[]): Promise<Pick<Status, "api" | "etcd">> {
  const asked = await Promise.all(
    cluster.masters.map(async (machine) => {
      const master = machine.name;
      const from = masters.find(({ name }) => name === master) ?? masters[0];
      if (!from) return { master, ready: NO_MASTER, member: NO_MASTER };
      const [ready, member] = await Promise.all([
        readApi(from, machine.address, API_SERVER_PORT),
        readMember(from, { machine }),
      ]);
      return { master, ready, member };
    }),
  );
  return {
    api: asked.map(({ master, ready }) => ({ master, ready })),
    etcd: asked.map(({ master, member }) => ({ master, member })),
  };
}

/** The inventory's machines as nodes. */
function readNodeStates(cluster: Cluster, hosts: readonly Host[], known: Known | string): Promise<Status["nodes"]> {
  return Promise.all(
    cluster.machines.map(async ({ name }) => {
      if (typeof known === "string") return { name, ready: known };
      const { nodes, leases } = known;
      const own = hosts.find((host) => host.name === name);
      const ready = await nodeWorks(name, nodes, typeof leases === "string" ? [] : leases, own);
      const version = nodes.find(({ metadata }) => metadata.name === name)?.status.nodeInfo?.kubeletVersion;
      return { name, ready, ...(version && { version }) };
    }),
  );
}

function readAllPodRoutes(
  cluster: Cluster,
  hosts: readonly Host[],
  nodes: readonly Node[],
): Promise<Status["podRoutes"]> {
  const joined = cluster.machines.filter(({ name }) => nodes.some(({ metadata }) => metadata.name === name));
  const having = hasPodRoutes(cluster)
    ? hosts.filter(({ name }) => joined.some((machine) => machine.name === name))
    : [];
  return Promise.all(having.map(async (host) => ({ host: host.name, complete: await readPodRoutes(host, joined) })));
}

function controllersOf(known: Known | string): Status["controllers"] {
  if (typeof known === "string") return [];
  const { leases } = known;
  return CONTROLLERS.map((name) => ({ name, leading: typeof leases === "string" ? leases : leads(name, leases) }));
}

function problemsOf(cluster: Cluster, parts: Omit<Status, "problems" | "healthy">): string[] {
  const { nodes, vipHolders, vipStrays, api, etcd, loadBalancers, controllers, podRoutes, dns, verified } = parts;
  const problem = (answer: Answer, title: string) => (answer === true ? [] : [`${title}: ${answer}`]);
  const leaders = etcd.filter(({ member }) => typeof member !== "string" && member.leader).length;
  return [
    ...nodes.flatMap(({ name, ready }) => problem(ready, `node ${name}`)),
    ...api.flatMap(({ master, ready }) => problem(ready, `API server on ${master}`)),
    ...etcd.flatMap(({ master, member }) => {
      if (typeof member === "string") return [`etcd on ${master}: ${member}`];
      return member.learner ? [`etcd on ${master}: still a learner`] : [];
    }),
    ...(leaders === 1 ? [] : [`etcd has ${leaders === 0 ? "no leader" : `${leaders} leaders`}`]),
    ...(vipHolders.length === 1
      ? []
      : [`the VIP ${cluster.loadBalancer.vip} is held by ${vipHolders.join(" and ") || "no host"}`]),
    ...straysOf(vipStrays),
    ...loadBalancers.flatMap(({ master, working }) => problem(working, `load balancer on ${master}`)),
    ...controllers.flatMap(({ name, leading }) => problem(leading, name)),
    ...podRoutes.flatMap(({ host, complete }) => problem(complete, `pod network on ${host}`)),
    ...problem(dns ?? true, "DNS"),
    ...problem(verified ?? true, "Verify"),
  ];
}
