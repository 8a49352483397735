import { z } from "zod";
import type { Host } from "../host.ts";
import { ETCD_CLIENT_PORT } from "../layout.ts";
import type { Condition } from "../condition.ts";
import { parsedJson } from "../resources/json.ts";
import { etcdctl, WHY_NO_MEMBER, whyNoMember } from "../resources/etcdctl.ts";

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

/** With ids as text; etcd omits what is zero, such as the leader where there is none. */
const statuses = z.array(
  z.object({
    Endpoint: z.string(),
    Status: z.object({
      header: z.object({ member_id: z.string() }),
      version: z.string(),
      dbSize: z.number().default(0),
      leader: z.string().default("0"),
      isLearner: z.boolean().default(false),
    }),
  }),
);

const SILENT = "etcd does not answer";

/** The status that every member reports of itself, read from one master; or why there is no answer. */
export async function readEtcd(
  master: Host,
  members: readonly Pick<Host, "machine">[],
): Promise<readonly EtcdMember[] | string> {
  const endpoints = members.map(({ machine }) => `https://${machine.address}:${ETCD_CLIENT_PORT}`).join(",");
  // A master that asks only its own member can also report why the member does not answer.
  const alone = members.length === 1 && members[0]?.machine.name === master.name;
  const result = await master.read(
    `${etcdctl("endpoint status -w json", endpoints)}${alone ? ` || ${WHY_NO_MEMBER}` : ""}`,
  );
  // etcdctl writes one line; the member's log comes after it.
  const [line = ""] = result.stdout.split("\n", 1);
  if (result.code !== 0 && !/^\[\{/.test(line)) return whyNoMember(result, SILENT);
  // Ids are 64 bits wide: as JSON numbers they would lose their last digits.
  const exact = line.replace(/"(member_id|leader)":(\d+)/g, '"$1":"$2"');
  const answer = parsedJson(master, "`etcdctl endpoint status`", exact, statuses);
  if ("why" in answer) return answer.why;
  return answer.value.map(({ Endpoint, Status }) => ({
    endpoint: Endpoint,
    id: Status.header.member_id,
    leader: Status.leader === Status.header.member_id,
    learner: Status.isLearner,
    version: Status.version,
    dbSize: Status.dbSize,
  }));
}

/** One member, read from its own host or from another; or why there is no answer. */
export async function readMember(from: Host, member: Pick<Host, "machine">): Promise<EtcdMember | string> {
  const answer = await readEtcd(from, [member]);
  return typeof answer === "string" ? answer : (answer[0] ?? SILENT);
}

/** All members answer, none is a learner, and they agree on one leader. */
export function etcdHealthy(master: Host, masters: readonly Host[]): Condition {
  return {
    title: "etcd is healthy",
    within: 60_000,
    async holds() {
      const members = await readEtcd(master, masters);
      if (typeof members === "string") return members;
      const missing = masters.filter(
        ({ machine }) => !members.some(({ endpoint }) => endpoint.includes(`//${machine.address}:`)),
      );
      if (missing.length > 0) return whyMissing(missing);
      const leaders = members.filter(({ leader }) => leader).length;
      if (leaders !== 1) return `etcd has ${leaders} leaders`;
      return members.some(({ learner }) => learner) ? "a member is still a learner" : true;
    },
  };
}

/** Why members do not answer, read on their own hosts. */
async function whyMissing(missing: readonly Host[]): Promise<string> {
  const reasons = await Promise.all(
    missing.map(async (master) => {
      const answer = await readMember(master, master);
      return typeof answer === "string" && answer !== SILENT ? `: ${answer}` : "";
    }),
  );
  return `no answer from the member on ${missing.map(({ name }, index) => `${name}${reasons[index] ?? ""}`).join(", ")}`;
}
