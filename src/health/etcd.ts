import type { Host } from "../host.ts";
import type { Condition } from "../resources/condition.ts";

const PKI = "/etc/etcd/pki";

/** An etcdctl command line for a master, over TLS with the health check's client pair, to its own member unless told otherwise. */
export function etcdctl(args: string, endpoints = "https://127.0.0.1:2379"): string {
  const tls = `--cacert ${PKI}/ca.crt --cert ${PKI}/healthcheck-client.crt --key ${PKI}/healthcheck-client.key`;
  return `ETCDCTL_API=3 etcdctl --endpoints ${endpoints} --dial-timeout 2s --command-timeout 3s ${tls} ${args}`;
}

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
  if (!statuses) return stderr.trim().split("\n").at(-1) || "etcd does not answer";
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

/** This host's own member answers a quorum read: it is up, and so is the cluster. */
export function memberHealthy(host: Host): Condition {
  return {
    title: `etcd on ${host.name} is healthy`,
    within: 120_000,
    async holds() {
      const { code, stderr } = await host.read(
        `${etcdctl("endpoint health")} >/dev/null || { s=$(systemctl is-active etcd); [ "$s" = active ] || journalctl -u etcd -n 1 --no-pager -o cat >&2; false; }`,
      );
      return code === 0 || (stderr.trim().split("\n").at(-1) ?? "it does not answer");
    },
  };
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
