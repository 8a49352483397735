import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { healthLine, mustBeHealthy } from "../rehearsal/health.ts";
import type { Io } from "./io.ts";

/**
 * Prints the state of a cluster: the output of kubectl, etcdctl and ip on the hosts, and then one line.
 * @param ms since the rehearsal began
 * @returns that line
 * @throws TripodError E_NOT_CONVERGED if the cluster is not healthy
 */
export async function showHealth(cluster: Cluster, hosts: readonly Host[], ms: number, io: Io): Promise<string> {
  const [{ readStatus }, { kubectl }, { etcdctl }] = await Promise.all([
    import("../status.ts"),
    import("../resources/kubectl.ts"),
    import("../resources/etcdctl.ts"),
  ]);
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const show = async (host: Host, title: string, script: string) => {
    const { stdout, stderr } = await host.read(script);
    io.stdout.write(`\n${host.name}$ ${title}\n${stdout}${stderr}`);
  };
  const [first] = masters;
  if (first) {
    const endpoints = masters.map(({ machine }) => `https://${machine.address}:2379`).join(",");
    await show(first, "kubectl get nodes -o wide", kubectl(first, "get nodes -o wide"));
    await show(first, "etcdctl endpoint status -w table", etcdctl("endpoint status -w table", endpoints));
  }
  const addresses = "ip -brief -4 address show scope global";
  for (const master of masters) await show(master, addresses, `${addresses} | grep -v cni0`);
  const status = await readStatus(cluster, hosts);
  const line = healthLine(status, ms / 1000);
  io.stdout.write(`\n${line}\n`);
  mustBeHealthy(status, line);
  return line;
}
