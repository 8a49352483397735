import type { Host } from "../host.ts";
import { lastLine } from "../resources/command.ts";
import type { Condition } from "../resources/condition.ts";
import { etcdctl } from "../resources/etcdctl.ts";

export interface EtcdMember {
  readonly endpoint: string;
  /** The member's id in decimal, as etcd's JSON has it. */
  readonly id: string;
  readonly leader: boolean;
  readonly learner: boolean;
  readonly version: string;
  /** bytes */
  readonly dbSize: number;
}

interface EndpointStatus {
  readonly Endpoint: string;
  readonly Status: {
    readonly header: { readonly member_id: number };
    readonly version: string;
    readonly dbSize: number;
    readonly leader: number;
    readonly isLearner?: boolean;
  };
}

/** Every member as it speaks for itself, asked from one master; or why there is no answer. */
export async function readEtcd(master: Host, masters: readonly Host[]): Promise<readonly EtcdMember[] | string> {
  const endpoints = masters.map(({ machine }) => `https://${machine.address}:2379`).join(",");
  const { stdout, stderr } = await master.read(etcdctl("endpoint status -w json", endpoints));
  // Ids are 64 bits wide: as JSON numbers they would lose their last digits.
  const exact = stdout.replace(/"(member_id|leader)":(\d+)/g, '"$1":"$2"');
  const statuses = parse(exact);
  if (!statuses) return lastLine(stderr, "etcd does not answer");
  return statuses.map(({ Endpoint, Status }) => ({
    endpoint: Endpoint,
    id: String(Status.header.member_id),
    leader: String(Status.leader) === String(Status.header.member_id),
    learner: Status.isLearner ?? false,
    version: Status.version,
    dbSize: Status.dbSize,
  }));
}

function parse(text: string): EndpointStatus[] | undefined {
  try {
    return JSON.parse(text) as EndpointStatus[];
  } catch {
    return undefined;
  }
}

/** All members answer, none is a learner, and they agree on one leader. */
export function etcdWhole(master: Host, masters: readonly Host[]): Condition {
  return {
    title: "etcd is whole",
    within: 60_000,
    async holds() {
      const members = await readEtcd(master, masters);
      if (typeof members === "string") return members;
      const silent = masters.filter(
        ({ machine }) => !members.some(({ endpoint }) => endpoint.includes(`//${machine.address}:`)),
      );
      if (silent.length > 0) return `no answer from the member on ${silent.map(({ name }) => name).join(", ")}`;
      const leaders = members.filter(({ leader }) => leader).length;
      if (leaders !== 1) return `${leaders} leaders`;
      return members.some(({ learner }) => learner) ? "a member is still a learner" : true;
    },
  };
}
