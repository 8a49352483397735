import { cniOf } from "../cni/index.ts";
import type { Host } from "../host.ts";
import { proxyEnvironment } from "../config/proxy.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { SoftwareComponent } from "../releases/artifact.ts";
import { packages as installed } from "../resources/package.ts";
import { allHosts, type Phase } from "./phase.ts";
import { originOf } from "./software.ts";
import { preflight } from "./preflight/index.ts";

/** Everything a host needs from its package manager, in one transaction: package managers are slow, and lock each other out. */
export const packages: Phase = {
  name: "packages",
  title: "Packages",
  needs: [allHosts(preflight)],
  hosts: ({ cluster }) => cluster.machines,
  resources: (host, { cluster }) => [installed({ ...wanted(host, cluster), environment: proxyEnvironment(cluster) })],
};

/** `hold`: what must change only together with the rest of the cluster. */
function wanted(host: Host, cluster: Cluster): { names: string[]; hold: string[] } {
  const { packages: of } = host.os;
  const packaged = (component: SoftwareComponent) => originOf(host, cluster, component) === "packages";
  const isMaster = host.machine.role === "master";
  const hold = [
    ...(packaged("containerd") ? of.containerd : []),
    ...(packaged("kubernetes") ? of.kubernetes(cluster.kubernetes.version) : []),
    ...(packaged("etcd") && isMaster ? of.etcd : []),
  ];
  const names = [...hold, ...of.node];
  if (cniOf(cluster.network).plugins.length > 0 && packaged("cni")) names.push(...of.cniPlugins);
  if (!isMaster) return { names, hold };
  if (cluster.loadBalancer.haproxy) names.push(...of.haproxy);
  return { names: [...names, ...of.keepalived], hold };
}
