import { defineFact } from "./fact.ts";

/**
 * The components (kubernetes, etcd, containerd, cni) that a package has installed on the host, and no release of Tripod's: what a cluster, or
 * Docker, runs with already.
 */
export const packaged = defineFact<ReadonlySet<string>>({
  name: "packaged software",
  command: `is() { [ -e "/var/lib/tripod/releases/$2" ] || for f in $3; do [ ! -x "$f" ] || { echo "$1"; break; }; done; }
is kubernetes kubelet /usr/bin/kubelet
is etcd etcd /usr/bin/etcd
is containerd containerd /usr/bin/containerd
is cni cni-plugins "/usr/lib/cni/bridge /usr/libexec/cni/bridge"
true`,
  parse: (stdout) => new Set(stdout.split("\n").filter((line) => line !== "")),
});
