import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Condition } from "../condition.ts";
import { journalOf } from "../resources/journal.ts";
import { readApi } from "./api.ts";

/** Whether keepalived and haproxy run on this master, and haproxy forwards to an API server: `true`, or what does not work. */
export async function readLoadBalancer(master: Host, { loadBalancer }: Cluster): Promise<true | string> {
  const { haproxy, port } = loadBalancer;
  const [units, throughHaproxy] = await Promise.all([
    Promise.all((haproxy ? ["haproxy.service", "keepalived.service"] : ["keepalived.service"]).map(running(master))),
    haproxy ? readApi(master, "127.0.0.1", port) : true,
  ]);
  const stopped = units.filter((unit) => unit !== true);
  if (stopped.length > 0) return stopped.join("; ");
  return throughHaproxy === true || `haproxy runs, but does not reach an API server: ${throughHaproxy}`;
}

/** Whether a unit is active; where it is not, the last that its own processes logged. */
function running(host: Host): (unit: string) => Promise<true | string> {
  return async (unit) => {
    const journal = journalOf(unit);
    const { stdout } = await host.read(
      `s=$(systemctl is-active ${unit}); echo "$s"; [ "$s" = active ] || { ${journal.script}; }`,
    );
    const [state = "", ...logged] = stdout.split("\n");
    if (state === "active") return true;
    const reason = journal.reason(logged.join("\n"));
    return `${unit} is ${state}${reason ? `: ${reason}` : ""}`;
  };
}

/** The load balancer on this master works: it could hold the VIP. */
export function loadBalancerWorks(master: Host, cluster: Cluster): Condition {
  return {
    title: `the load balancer on ${master.name} works`,
    within: 60_000,
    holds: () => readLoadBalancer(master, cluster),
  };
}
