import { TripodError } from "../errors.ts";
import { readEtcd } from "../health/etcd.ts";
import { oneVipHolder, STEADY } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { until } from "../until.ts";
import type { Dial } from "./client.ts";
import { dialFromHost, dialFromOperator } from "./client.ts";

/** The hosts by role, and the clients that probes run as. */
export interface Participants {
  readonly hosts: readonly Host[];
  readonly masters: readonly Host[];
  readonly workers: readonly Host[];
  /** A worker that is never a victim; probes are sent from there too. */
  readonly probeHost: Host | undefined;
  /** The client for the drill itself: the operator, or the probe host where the cluster is behind a bastion. */
  readonly client: { readonly name: string; readonly dial: Dial };
}

/** @throws TripodError E_REFUSED where no machine can reach the VIP as a client */
export function participantsOf(cluster: Cluster, hosts: readonly Host[]): Participants {
  const workers = hosts.filter(({ machine }) => machine.role === "worker");
  const probeHost = workers.at(-1);
  const behindBastion = cluster.masters.some(({ ssh }) => ssh.bastion !== undefined);
  const client = behindBastion
    ? probeHost && { name: probeHost.name, dial: dialFromHost(probeHost.connection) }
    : { name: "operator", dial: dialFromOperator };
  if (!client)
    throw new TripodError("E_REFUSED", "no machine can reach the VIP as a client; nothing was changed", {
      why: "the masters are behind a bastion, and the inventory has no worker to send requests from",
      hint: "add a worker, or run Tripod where the VIP can be reached",
    });
  return { hosts, masters: hosts.filter(({ machine }) => machine.role === "master"), workers, probeHost, client };
}

/** The master that holds the VIP. Waits for a handover to end. @throws TripodError E_DEADLINE */
export async function findVipHolder({ masters }: Participants, vip: string, signal: AbortSignal): Promise<Host> {
  let holder: Host | undefined;
  const found = (host: Host) => (holder = host);
  await until(oneVipHolder(masters, vip, { steady: STEADY, found }), { signal });
  return holder as unknown as Host;
}

/** The master whose etcd member leads. Waits for an election to end. @throws TripodError E_DEADLINE */
export async function findEtcdLeader({ masters }: Participants, signal: AbortSignal): Promise<Host> {
  let leader: Host | undefined;
  const holds = async () => {
    const [first] = masters;
    const members = first ? await readEtcd(first, masters) : [];
    if (typeof members === "string") return members;
    const endpoint = members.find((member) => member.leader)?.endpoint;
    leader = masters.find(({ machine }) => endpoint?.includes(`//${machine.address}:`));
    return leader !== undefined || "no member reports that it leads";
  };
  await until({ title: "an etcd member leads", within: 30_000, holds }, { signal });
  return leader as unknown as Host;
}
