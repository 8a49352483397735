import { TripodError } from "../errors.ts";
import { readEtcd } from "../health/etcd.ts";
import { oneVipHolder, STEADY } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { until } from "../until.ts";
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

/** The master that holds the VIP. A handover that is under way is waited for. @throws TripodError E_DEADLINE where it does not end */
export async function theHolder({ masters }: Cast, vip: string, signal: AbortSignal): Promise<Host> {
  let holder: Host | undefined;
  const found = (host: Host) => (holder = host);
  await until(oneVipHolder(masters, vip, { steady: STEADY, found }), { signal });
  return holder as unknown as Host;
}

/** The master whose etcd member leads. An election that is under way is waited for. @throws TripodError E_DEADLINE where none does */
export async function theLeader({ masters }: Cast, signal: AbortSignal): Promise<Host> {
  let leader: Host | undefined;
  const holds = async () => {
    const [first] = masters;
    const members = first ? await readEtcd(first, masters) : [];
    if (typeof members === "string") return members;
    const endpoint = members.find((member) => member.leader)?.endpoint;
    leader = masters.find(({ machine }) => endpoint?.includes(`//${machine.address}:`));
    return leader !== undefined || "no member says that it leads";
  };
  await until({ title: "a member of etcd leads", within: 30_000, holds }, { signal });
  return leader as unknown as Host;
}
