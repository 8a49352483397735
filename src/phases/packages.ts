import { cniOf } from "../cni/index.ts";
import type { Host } from "../host.ts";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { packages as installed } from "../resources/package.ts";
import { allHosts, type Phase } from "./phase.ts";
import { uploaded, uploadedCni } from "./software.ts";
import { preflight } from "./preflight/index.ts";

/** Everything a host needs from its package manager, in one transaction: package managers are slow, and lock each other out. */
export const packages: Phase = {
  name: "packages",
  title: "Packages",
  needs: [allHosts(preflight)],
  hosts: ({ cluster }) => cluster.machines,
  resources: (host, { cluster }) => [installed({ names: wanted(host, cluster) })],
};

function wanted(host: Host, cluster: Cluster): string[] {
  const { packages: of } = host.os;
  const names = [...of.containerd, ...of.node];
  if (cniOf(cluster.network).plugins.length > 0 && uploadedCni(cluster).length === 0) names.push(...of.cniPlugins);
  if (!cluster.software.binaries) names.push(...of.kubernetes(cluster.kubernetes.version));
  if (host.machine.role === "worker") return names;
  if (!uploaded(cluster, "etcd")) names.push(...etcd(host));
  if (cluster.loadBalancer.haproxy) names.push(...of.haproxy);
  return [...names, ...of.keepalived];
}

function etcd(host: Host): readonly string[] {
  if (host.os.packages.etcd.length > 0) return host.os.packages.etcd;
  throw new TripodError("E_PREFLIGHT", `${host.os.name} has no etcd package`, {
    host: host.name,
    origin: host.machine.origin,
    hint: "put etcd and etcdctl into a folder, and set `software.binaries` to it",
  });
}
