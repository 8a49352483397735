import type { Cluster, Machine } from "../inventory/cluster.ts";
import { ETCD_PEER_PORT, ETCD_PKI } from "../layout.ts";
import { render } from "../render/render.ts";

/** The unit of an etcd member; `binary` is the absolute path of the program: the package's, or the one that was uploaded. */
export function etcdUnit(binary: string): string {
  return render("etcd/etcd.service", { binary });
}

/** The settings of one member, as an EnvironmentFile. Names as in etcd 3.4 to 3.6. */
export function etcdEnvironment(cluster: Cluster, machine: Machine): string {
  return render("etcd/etcd.env", {
    name: machine.name,
    address: machine.address,
    pki: ETCD_PKI,
    initialCluster: cluster.masters
      .map(({ name, address }) => `${name}=https://${address}:${ETCD_PEER_PORT}`)
      .join(","),
    // Two clusters that can reach each other may have the same name, but never the same virtual IP.
    token: `tripod-${cluster.name}-${cluster.loadBalancer.vip}`,
    heartbeat: cluster.etcd.heartbeat,
    election: cluster.etcd.election,
  });
}
