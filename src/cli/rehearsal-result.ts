import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Status } from "../status.ts";
import type { Io } from "./io.ts";

/**
 * What came of an apply, said by the real programs on the hosts, and then in one line.
 * @param took ms, from nothing to here
 * @returns that line
 * @throws TripodError E_NOT_CONVERGED where something is not well
 */
export async function showResult(cluster: Cluster, hosts: readonly Host[], took: number, io: Io): Promise<string> {
  const [{ readStatus }, { kubectl }, { etcdctl }] = await Promise.all([
    import("../status.ts"),
    import("../resources/kubectl.ts"),
    import("../resources/etcdctl.ts"),
  ]);
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const said = async (host: Host | undefined, title: string, script: string) => {
    const { stdout, stderr } = (await host?.read(script)) ?? { stdout: "", stderr: "" };
    io.stdout.write(`\n${host?.name ?? ""}$ ${title}\n${stdout}${stderr}`);
  };
  const [first] = masters;
  const endpoints = masters.map(({ machine }) => `https://${machine.address}:2379`).join(",");
  if (first) await said(first, "kubectl get nodes -o wide", kubectl(first, "get nodes -o wide"));
  await said(first, "etcdctl endpoint status -w table", etcdctl("endpoint status -w table", endpoints));
  for (const master of masters)
    await said(
      master,
      "ip -brief -4 address show scope global",
      "ip -brief -4 address show scope global | grep -v cni0",
    );
  const status = await readStatus(cluster, hosts);
  const line = lastLine(status, took / 1000);
  io.stdout.write(`\n${line}\n`);
  if (!status.healthy)
    throw new TripodError("E_NOT_CONVERGED", "not all is well after the apply", {
      why: line,
      hint: "`tripod status --lab -i FILE` tells of each part; --keep leaves the machines standing",
    });
  return line;
}

/** `rehearsal: 5/5 nodes Ready, VIP on m1, etcd 3/3 healthy, 87 s` */
export function lastLine({ nodes, vipHolders, etcd }: Status, seconds: number): string {
  const ready = nodes.filter((node) => node.ready === true).length;
  const healthy = etcd.filter(({ member }) => typeof member !== "string").length;
  const vip = vipHolders.length > 0 ? `on ${vipHolders.join(" and ")}` : "on nobody";
  return `rehearsal: ${ready}/${nodes.length} nodes Ready, VIP ${vip}, etcd ${healthy}/${etcd.length} healthy, ${Math.round(seconds)} s`;
}
