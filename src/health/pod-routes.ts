import { cniOf } from "../cni/index.ts";
import { ROUTE_PROTOCOL } from "../config/bridge.ts";
import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import type { Condition } from "../condition.ts";

/** Whether the pod network is the one whose routes Tripod installs. */
export function hasPodRoutes({ network }: Cluster): boolean {
  return cniOf(network).installedBy === "tripod";
}

/** Whether a host has a route to the pods of each of these machines, except itself: `true`, or which are missing. */
export async function readPodRoutes(host: Host, machines: readonly Machine[]): Promise<true | string> {
  const { stdout } = await host.read(`ip -4 route show proto ${ROUTE_PROTOCOL}`);
  const via = new Set([...stdout.matchAll(/ via (\S+)/g)].map(([, address]) => address));
  const missing = machines.filter(({ name, address }) => name !== host.name && !via.has(address));
  if (missing.length === 0) return true;
  return `no route to the pods of ${missing.map(({ name }) => name).join(", ")}: run \`systemctl restart tripod-pod-routes\` on ${host.name}`;
}

/** Every host has routes to the pods of all others. */
export function podRoutesPresent(hosts: readonly Host[], machines: readonly Machine[]): Condition {
  return {
    title: "every host has routes to the pods of the others",
    within: 60_000,
    async holds() {
      const answers = await Promise.all(hosts.map((host) => readPodRoutes(host, machines)));
      const problems = answers.flatMap((answer, index) =>
        answer === true ? [] : [`${hosts[index]?.name}: ${answer}`],
      );
      return problems[0] ?? true;
    },
  };
}
