import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { command } from "./command.ts";
import { memberHealthy } from "./etcdctl.ts";
import { isAt, type Member } from "./etcd-members.ts";
import { type Change, defineResource, type Working } from "./resource.ts";
import { outOfRotation } from "./haproxy-server.ts";
import { readService, type ServiceState } from "./service.ts";
import { enableScript } from "./systemd.ts";

export interface EtcdMemberArgs {
  /** The masters on which the members run, this one included. */
  readonly masters: readonly Host[];
  /** etcd's member list before the run; empty where no quorum answered. */
  readonly members: readonly Member[];
  /** Whether this etcd has served Kubernetes before. */
  readonly clusterExists: boolean;
  /** Files the member reads when it starts. */
  readonly reads: readonly string[];
  /** Runs one restart at a time in the whole cluster. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

interface MemberState {
  readonly service: ServiceState;
  readonly hasData: boolean;
  /** The transient file that sets `new`, for the first start only. */
  readonly bootstrapping: boolean;
}

const DATA = "/var/lib/etcd/member";
/** On a tmpfs: a reboot always removes it. */
const BOOTSTRAP = "/run/tripod/etcd-bootstrap.env";
const SERVICE = { unit: "etcd.service" };

/**
 * This master's member of etcd: running, enabled, and not older than what it reads. Members start together — the first waits for
 * a quorum — and restart one at a time, each only while all the others are healthy.
 */
export const etcdMember = defineResource<EtcdMemberArgs, MemberState>({
  kind: "etcd-member",
  name: () => "own",
  async read(host, { reads }) {
    const [service, files] = await Promise.all([
      readService(host, { ...SERVICE, reads }),
      host.read(`[ -d ${DATA} ] && echo data; [ -e ${BOOTSTRAP} ] && echo bootstrap; true`),
    ]);
    return { service, hasData: files.stdout.includes("data"), bootstrapping: files.stdout.includes("bootstrap") };
  },
  diff({ reads }, { service, hasData, bootstrapping }, pending) {
    const changes: Change[] = [];
    if (service.enabled !== "enabled") changes.push({ field: "enabled", from: service.enabled, to: "enabled" });
    if (isAnother({ service, hasData }))
      changes.push({ field: "running", from: "an etcd without this member's data", to: "this member" });
    else if (service.active !== "active")
      changes.push({ field: "running", from: service.active || "absent", to: "active" });
    else {
      const newer = [...new Set([...service.newer, ...reads.filter((path) => pending.has(path))])];
      if (newer.length > 0)
        changes.push({ field: "restarted", from: `older than ${newer.join(", ")}`, to: "again, one member at a time" });
      else if (service.needsDaemonReload)
        changes.push({ field: "unit", from: "systemd has an older version loaded", to: "reloaded" });
    }
    if (bootstrapping) changes.push({ field: "initial-cluster-state", from: "new", to: "existing" });
    return changes;
  },
  async apply(host, args, state, working) {
    const { masters, alone } = args;
    const { service } = state;
    await command(host, enableScript(SERVICE.unit));
    if (isAnother(state)) await replace(host, args, state, working);
    else if (service.active !== "active") await start(host, args, state, working);
    else if (service.newer.length > 0) await alone(() => restart(host, masters, working));
    await command(host, `rm -f ${BOOTSTRAP}`);
  },
});

/**
 * What runs is not our member, which creates its data as it starts: Debian's package starts an etcd as soon as somebody
 * installs it. Waiting until the other members are healthy, as before a restart, would never end.
 */
function isAnother({ service, hasData }: Pick<MemberState, "service" | "hasData">): boolean {
  return service.active === "active" && !hasData;
}

async function replace(host: Host, args: EtcdMemberArgs, state: MemberState, working: Working): Promise<void> {
  // Where this member may not start, nothing is stopped either.
  isFirstStart(host, args);
  await command(host, "systemctl stop etcd.service");
  await start(host, args, state, working);
}

async function start(host: Host, args: EtcdMemberArgs, { hasData }: MemberState, working: Working): Promise<void> {
  const bootstrap =
    hasData || !isFirstStart(host, args)
      ? ""
      : `mkdir -p -m 700 /run/tripod && echo ETCD_INITIAL_CLUSTER_STATE=new > ${BOOTSTRAP}\n`;
  await command(
    host,
    `${bootstrap}systemctl reset-failed etcd.service 2>/dev/null; systemctl start --no-block etcd.service`,
  );
  await working.wait(memberHealthy(host));
}

/**
 * Whether a member without data may start as `new`. In an existing cluster a member that never started joins as
 * `existing`, and one that lost its data must be replaced: with its old id and without its data it would not know how it voted.
 * @throws TripodError E_REFUSED where this member has lost its data
 */
function isFirstStart(host: Host, { members, clusterExists }: EtcdMemberArgs): boolean {
  if (members.length > 0) {
    const own = members.find((member) => isAt(member, host.machine.address));
    if (own?.clientUrls.length === 0) return false;
    throw lost(
      host,
      own
        ? "its member was running before, but its data is missing"
        : "the running cluster has no member at this address",
    );
  }
  if (clusterExists) throw lost(host, "it has no data, the cluster already exists, and no quorum answers");
  return true;
}

function lost(host: Host, why: string): TripodError {
  return new TripodError("E_REFUSED", "its etcd member cannot be started without its data", {
    host: host.name,
    origin: host.machine.origin,
    why,
    hint: "remove the old member and add it again (`etcdctl member remove`, `member add --learner`), or restore its disk; see docs/etcd.md",
  });
}

async function restart(host: Host, masters: readonly Host[], working: Working): Promise<void> {
  for (const other of masters) if (other.name !== host.name) await working.wait(memberHealthy(other));
  await outOfRotation(host, masters, working, async () => {
    await command(host, "systemctl restart etcd.service");
    await working.wait(memberHealthy(host));
  });
}
