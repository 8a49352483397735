import { cniOf } from "../cni/index.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";

/** overlay: containerd's snapshots; br_netfilter: lets iptables see what crosses a bridge. @internal exported for its test */
export const KERNEL_MODULES = ["overlay", "br_netfilter"] as const;

/** Modules that Tripod loads: those of every host, and the pod network's. */
export function loadedModules({ network }: Pick<Cluster, "network">): readonly string[] {
  return [...KERNEL_MODULES, ...cniOf(network).modules];
}

/**
 * Modules that the kernel loads by itself when kube-proxy asks for them, by its mode: the matches and targets of its rules (upstream:
 * pkg/proxy/iptables/proxier.go), its README for ipvs, and nf_tables.
 */
export function proxyModules({ kubernetes }: Pick<Cluster, "kubernetes">): readonly string[] {
  const { kubeProxy, skipPhases } = kubernetes;
  if (skipPhases.some((phase) => phase === "addon" || phase === "addon/kube-proxy")) return [];
  const always = ["nf_conntrack", "nf_nat"];
  switch (kubeProxy.mode) {
    case "ipvs":
      return [...always, "ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh", "ip_set"];
    case "nftables":
      return [...always, "nf_tables"];
    default:
      return [...always, "xt_comment", "xt_conntrack", "xt_mark", "xt_statistic", "xt_MASQUERADE"];
  }
}

/** kubeadm's preflight requires these; the bridge ones exist only once br_netfilter is loaded. */
export const SYSCTLS: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "1",
  "net.bridge.bridge-nf-call-iptables": "1",
  "net.bridge.bridge-nf-call-ip6tables": "1",
};

/** Files of sysctl.d are applied in the order of their names, wherever they are (sysctl.d(5)). */
export const SYSCTL_FILE = "/etc/sysctl.d/90-tripod.conf";

export function modulesFile(modules: readonly string[] = KERNEL_MODULES): string {
  return render("kernel/modules.conf", { modules });
}

export function sysctlFile(): string {
  return render("kernel/sysctl.conf", { values: SYSCTLS });
}
