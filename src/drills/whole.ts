import { TripodError } from "../errors.ts";
import { apiReady, apiThroughVip } from "../health/api.ts";
import { etcdWhole } from "../health/etcd.ts";
import { nodesReady } from "../health/nodes.ts";
import { oneVipHolder } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { lastLine } from "../resources/command.ts";
import type { Condition } from "../resources/condition.ts";
import { kubectl } from "../resources/kubectl.ts";
import { readStatus, type Status } from "../status.ts";
import type { Disruption } from "./drill.ts";
import { STILL_ARMED } from "./switch.ts";

/** A machine boots, its kubelet starts the API server again, ms. */
const RETURN = 240_000;

/** Everything that has to be as it was before, in the order in which it comes back. */
export function wholeAgain(
  cluster: Cluster,
  masters: readonly Host[],
  { victims, kubelets }: Disruption,
  restoredAt: number,
): readonly Condition[] {
  const leader = masters.find((master) => !victims.includes(master)) ?? masters[0];
  if (!leader) return [];
  const { vip, port } = cluster.loadBalancer;
  const conditions = [
    ...victims.map(answers),
    etcdWhole(leader, masters),
    ...masters.map(apiReady),
    oneVipHolder(masters, vip),
    apiThroughVip(leader, vip, port),
    ...(kubelets ? victims.map((victim) => kubeletBack(leader, victim, restoredAt)) : []),
    nodesReady(
      leader,
      cluster.machines.map(({ name }) => name),
    ),
  ];
  return conditions.map((condition) => ({ ...condition, within: Math.max(condition.within, RETURN) }));
}

function answers(host: Host): Condition {
  return {
    title: `${host.name} answers, and nothing is left to be undone there`,
    within: RETURN,
    async holds() {
      const { stdout } = await host.read(STILL_ARMED);
      return stdout.trim() === "" || `${stdout.trim().replaceAll("\n", ", ")} is still armed`;
    },
  };
}

/** A node that died may count as Ready for another 40 s: only its lease tells that its kubelet lives. */
function kubeletBack(leader: Host, victim: Host, since: number): Condition {
  return {
    title: `the kubelet on ${victim.name} is back`,
    within: RETURN,
    async holds() {
      const lease = `get lease ${victim.name} -n kube-node-lease -o jsonpath='{.spec.renewTime}'`;
      const { code, stdout, stderr } = await leader.read(kubectl(leader, lease));
      if (code !== 0) return lastLine(stderr, "the API server does not answer");
      return Date.parse(stdout) > since || `it was last heard of at ${stdout}`;
    },
  };
}

/** @throws TripodError E_REFUSED with all that is not well: a drill must not be what breaks a sick cluster */
export async function refuseUnlessWhole(cluster: Cluster, hosts: readonly Host[]): Promise<Status> {
  const [status, armed] = await Promise.all([
    readStatus(cluster, hosts),
    Promise.all(hosts.map(async (host) => ({ host: host.name, units: (await host.read(STILL_ARMED)).stdout.trim() }))),
  ]);
  const sick = [
    ...complaints(cluster, status),
    ...armed.flatMap(({ host, units }) =>
      units ? [`${host}: a drill that was killed is still to be undone there (${units.replaceAll("\n", ", ")})`] : [],
    ),
  ];
  if (sick.length === 0) return status;
  throw new TripodError("E_REFUSED", "the cluster is not well; nothing was touched", {
    why: sick.join("\n"),
    hint: "mend it first: `tripod apply`, or wait, and look at `tripod status`",
  });
}

function complaints(cluster: Cluster, { nodes, vipHolders, api, etcd }: Status): string[] {
  const leaders = etcd.filter(({ member }) => typeof member !== "string" && member.leader).length;
  return [
    ...nodes.flatMap(({ name, ready }) => (ready === true ? [] : [`node ${name}: ${ready}`])),
    ...(vipHolders.length === 1
      ? []
      : [`the VIP ${cluster.loadBalancer.vip} is held by ${vipHolders.join(" and ") || "nobody"}`]),
    ...api.flatMap(({ master, ready }) => (ready === true ? [] : [`API server on ${master}: ${ready}`])),
    ...etcd.flatMap(({ master, member }) => {
      if (typeof member === "string") return [`etcd on ${master}: ${member}`];
      return member.learner ? [`etcd on ${master}: still a learner`] : [];
    }),
    ...(leaders === 1 ? [] : [`etcd has ${leaders === 0 ? "no leader" : `${leaders} leaders`}`]),
  ];
}
