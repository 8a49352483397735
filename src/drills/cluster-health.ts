import { TripodError } from "../errors.ts";
import { apiReady, apiThroughVip } from "../health/api.ts";
import { etcdHealthy } from "../health/etcd.ts";
import { loadBalancerWorks } from "../health/load-balancer.ts";
import { nodesReady } from "../health/nodes.ts";
import { oneVipHolder, STEADY } from "../health/vip.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { clusterOptions } from "../inventory/option.ts";
import { lastLine } from "../last-lines.ts";
import type { Condition } from "../condition.ts";
import { kubectl } from "../resources/kubectl.ts";
import { until } from "../until.ts";
import { readStatus, type Status } from "../status.ts";
import type { Disruption } from "./scenario.ts";
import { ARMED_TIMERS } from "./scripted-disruption.ts";
import type { Setup } from "./setup.ts";

/** Time for a machine to boot, and for its kubelet to start the API server, ms. */
const RETURN = 240_000;

/**
 * Everything that has to recover after a disruption, in the order in which it does. The VIP returns to the first master of the inventory:
 * with all masters healthy that one has the highest priority, and takes it back once its check has passed five times. Otherwise the next
 * scenario would run while the VIP moves.
 * @param stays what was done is meant to stay: priorities may have changed, so any steady holder is accepted
 */
export function recoveryConditions(
  { cluster, hosts, masters }: Pick<Setup, "cluster" | "hosts" | "masters">,
  { victims, stopsKubelets }: Disruption,
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
    ...(stopsKubelets ? victims.map((victim) => leaseRenewed(leader, victim, restoredAt)) : []),
    nodesReady(
      leader,
      cluster.machines.map(({ name }) => name),
      hosts,
    ),
  ];
  return conditions.map((condition) => ({ ...condition, within: Math.max(condition.within, RETURN) }));
}

/** The master with the highest VRRP priority. */
function homeOf({ masters }: Cluster): { home?: string } {
  return masters[0] ? { home: masters[0].name } : {};
}

function answers(host: Host): Condition {
  return {
    title: `${host.name} answers, and no disruption is active there`,
    within: RETURN,
    async holds() {
      const { stdout } = await host.read(ARMED_TIMERS);
      return stdout.trim() === "" || `${stdout.trim().replaceAll("\n", ", ")} is still active`;
    },
  };
}

/** A node that died may count as Ready for another 40 s: only its lease shows that its kubelet runs. */
function leaseRenewed(leader: Host, victim: Host, since: number): Condition {
  return {
    title: `the kubelet on ${victim.name} renews its lease again`,
    within: RETURN,
    async holds() {
      const lease = `get lease ${victim.name} -n kube-node-lease -o jsonpath='{.spec.renewTime}'`;
      const { code, stdout, stderr } = await leader.read(kubectl(leader, lease));
      if (code !== 0) return lastLine(stderr, "the API server does not answer");
      return Date.parse(stdout) > since || `its lease was last renewed at ${stdout}`;
    },
  };
}

/** A node that is busy for a moment, and a VIP that is about to return, get this much time before a drill is refused, ms. */
const PATIENCE = 30_000;

/**
 * A drill must not be what breaks an unhealthy cluster.
 * @throws TripodError E_REFUSED with everything that is not healthy; the signal's reason when aborted
 */
export async function refuseUnlessHealthy(
  cluster: Cluster,
  hosts: readonly Host[],
  signal: AbortSignal,
): Promise<Status> {
  const vip = oneVipHolder(hosts, cluster.loadBalancer.vip, { steady: STEADY, ...homeOf(cluster) });
  let status: Status | undefined;
  let problems: readonly string[] = [];
  const healthy: Condition = {
    title: "the cluster is healthy",
    within: PATIENCE,
    async holds(abort) {
      const [steady, armed] = await Promise.all([vip.holds(abort), armedTimers(hosts)]);
      status = await readStatus(cluster, hosts);
      problems = [
        ...status.problems,
        ...armed,
        ...(steady === true || status.vipHolders.length !== 1 ? [] : [`not met: ${vip.title}: ${steady}`]),
      ];
      return problems.length === 0 || problems.join("\n");
    },
  };
  try {
    await until(healthy, { signal, interval: 1000 });
    return status as unknown as Status;
  } catch (error) {
    if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
    throw new TripodError("E_REFUSED", "the cluster is not healthy; nothing was changed", {
      why: problems.join("\n") || error.details.why || "",
      hint: `see \`tripod status ${clusterOptions(cluster)}\`; wait, or repair it with \`tripod apply ${clusterOptions(cluster)}\``,
      cause: error,
    });
  }
}

/** Disruptions that a killed drill left behind. */
async function armedTimers(hosts: readonly Host[]): Promise<string[]> {
  const armed = await Promise.all(
    hosts.map(async (host) => ({ host: host.name, units: (await host.read(ARMED_TIMERS)).stdout.trim() })),
  );
  return armed.flatMap(({ host, units }) =>
    units ? [`${host}: a disruption of a killed drill is still active (${units.replaceAll("\n", ", ")})`] : [],
  );
}
