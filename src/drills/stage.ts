import { TripodError } from "../errors.ts";
import { readEtcd } from "../health/etcd.ts";
import { readVipHolders } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Dial } from "./client.ts";
import { fromHost, fromOperator } from "./client.ts";

/** Who is who among the hosts, and who asks. */
export interface Cast {
  readonly hosts: readonly Host[];
  readonly masters: readonly Host[];
  readonly workers: readonly Host[];
  /** A worker that is nobody's victim, from which a client asks too. */
  readonly bystander: Host | undefined;
  /** Who asks for the drill itself, and how: the operator, or the bystander where a bastion stands before the cluster. */
  readonly client: { readonly name: string; readonly dial: Dial };
}

/** @throws TripodError E_REFUSED where there is nobody who could ask as a client does */
export function castOf(cluster: Cluster, hosts: readonly Host[]): Cast {
  const workers = hosts.filter(({ machine }) => machine.role === "worker");
  const bystander = workers.at(-1);
  const behindBastion = cluster.masters.some(({ ssh }) => ssh.bastion !== undefined);
  const client = behindBastion
    ? bystander && { name: bystander.name, dial: fromHost(bystander.connection) }
    : { name: "operator", dial: fromOperator };
  if (!client)
    throw new TripodError("E_REFUSED", "there is nobody who could ask as a client does; nothing was touched", {
      why: "the masters are reached through a bastion, and there is no worker from which to ask",
    });
  return { hosts, masters: hosts.filter(({ machine }) => machine.role === "master"), workers, bystander, client };
}

/** The master that holds the VIP. @throws TripodError E_REFUSED where there is not exactly one */
export async function theHolder({ masters }: Cast, vip: string): Promise<Host> {
  const names = await readVipHolders(masters, vip);
  const holder = masters.find(({ name }) => name === names[0]);
  if (holder && names.length === 1) return holder;
  throw new TripodError("E_REFUSED", `the VIP is held by ${names.join(" and ") || "nobody"}`);
}

/** The master whose etcd member leads. @throws TripodError E_REFUSED where there is none */
export async function theLeader({ masters }: Cast): Promise<Host> {
  const [first] = masters;
  const members = first ? await readEtcd(first, masters) : [];
  const endpoint = typeof members === "string" ? members : members.find(({ leader }) => leader)?.endpoint;
  const master = masters.find(({ machine }) => endpoint?.includes(`//${machine.address}:`));
  if (master) return master;
  throw new TripodError("E_REFUSED", "no member of etcd says that it leads", { ...(endpoint && { why: endpoint }) });
}
