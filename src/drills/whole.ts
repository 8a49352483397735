import { TripodError } from "../errors.ts";
import { apiReady, apiThroughVip } from "../health/api.ts";
import { etcdHealthy } from "../health/etcd.ts";
import { loadBalancerWorks } from "../health/load-balancer.ts";
import { nodesReady } from "../health/nodes.ts";
import { oneVipHolder, STEADY } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { lastLine } from "../last-lines.ts";
import type { Condition } from "../condition.ts";
import { kubectl } from "../resources/kubectl.ts";
import { until } from "../until.ts";
import { readStatus, type Status } from "../status.ts";
import type { Disruption, Stage } from "./drill.ts";
import { STILL_ARMED } from "./switch.ts";

/** A machine boots, its kubelet starts the API server again, ms. */
const RETURN = 240_000;

/**
 * Everything that has to be as it was before, in the order in which it comes back. The VIP goes home: with all masters healthy the first of
 * the inventory has the highest priority, and takes it back once its check has passed five times. What comes next would otherwise be
 * played while it moves.
 * @param stays what was done is meant to stay: priorities may be others than before, so that home is wherever it stays
 */
export function wholeAgain(
  { cluster, hosts, masters }: Pick<Stage, "cluster" | "hosts" | "masters">,
  { victims, kubelets }: Disruption,
  restoredAt: number,
  stays = false,
): readonly Condition[] {
  const leader = masters.find((master) => !victims.includes(master)) ?? masters[0];
  if (!leader) return [];
  const { vip, port } = cluster.loadBalancer;
  const conditions = [
    ...victims.map(answers),
    etcdHealthy(leader, masters),
    ...masters.map(apiReady),
    ...masters.map((master) => loadBalancerWorks(master, cluster)),
    oneVipHolder(hosts, vip, { steady: STEADY, since: restoredAt, ...(!stays && homeOf(cluster)) }),
    apiThroughVip(leader, vip, port),
    ...(kubelets ? victims.map((victim) => kubeletBack(leader, victim, restoredAt)) : []),
    nodesReady(
      leader,
      cluster.machines.map(({ name }) => name),
      hosts,
    ),
  ];
  return conditions.map((condition) => ({ ...condition, within: Math.max(condition.within, RETURN) }));
}

/** Who has the highest VRRP priority of the masters. */
function homeOf({ masters }: Cluster): { home?: string } {
  return masters[0] ? { home: masters[0].name } : {};
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

/** A node that was busy for a moment, and a VIP on its way home, get so much time before a drill is refused, ms. */
const PATIENCE = 30_000;

/**
 * @throws TripodError E_REFUSED with all that is not healthy: a drill must not be what breaks a sick cluster; E_INTERRUPTED and the like
 * where the signal says so
 */
export async function refuseUnlessWhole(
  cluster: Cluster,
  hosts: readonly Host[],
  signal: AbortSignal,
): Promise<Status> {
  const vip = oneVipHolder(hosts, cluster.loadBalancer.vip, { steady: STEADY, ...homeOf(cluster) });
  let status: Status | undefined;
  let sick: readonly string[] = [];
  const healthy: Condition = {
    title: "the cluster is healthy",
    within: PATIENCE,
    async holds(abort) {
      const [steady, armed] = await Promise.all([vip.holds(abort), stillArmed(hosts)]);
      status = await readStatus(cluster, hosts);
      sick = [
        ...status.problems,
        ...armed,
        ...(steady === true || status.vipHolders.length !== 1 ? [] : [`${vip.title}: not so: ${steady}`]),
      ];
      return sick.length === 0 || sick.join("\n");
    },
  };
  try {
    await until(healthy, { signal, interval: 1000 });
    return status as unknown as Status;
  } catch (error) {
    if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
    throw new TripodError("E_REFUSED", "the cluster is not healthy; nothing was touched", {
      why: sick.join("\n") || error.details.why || "",
      hint: "repair it first: `tripod apply`, or wait, and look at `tripod status`",
      cause: error,
    });
  }
}

/** Disruptions of a drill that was killed. */
async function stillArmed(hosts: readonly Host[]): Promise<string[]> {
  const armed = await Promise.all(
    hosts.map(async (host) => ({ host: host.name, units: (await host.read(STILL_ARMED)).stdout.trim() })),
  );
  return armed.flatMap(({ host, units }) =>
    units ? [`${host}: a drill that was killed is still to be undone there (${units.replaceAll("\n", ", ")})`] : [],
  );
}
