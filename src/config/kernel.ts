import { render } from "../render/render.ts";

/** overlay: containerd's snapshots; br_netfilter: lets iptables see what crosses a bridge. */
export const KERNEL_MODULES = ["overlay", "br_netfilter"] as const;

/** kubeadm's preflight requires these; the bridge ones exist only once br_netfilter is loaded. */
export const SYSCTLS: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "1",
  "net.bridge.bridge-nf-call-iptables": "1",
  "net.bridge.bridge-nf-call-ip6tables": "1",
};

/** Files of sysctl.d are applied in the order of their names, wherever they are (sysctl.d(5)). */
export const SYSCTL_FILE = "/etc/sysctl.d/90-tripod.conf";

/** @param more what the pod network needs besides */
export function modulesFile(more: readonly string[] = []): string {
  return render("kernel/modules.conf", { modules: [...KERNEL_MODULES, ...more] });
}

export function sysctlFile(): string {
  return render("kernel/sysctl.conf", { values: SYSCTLS });
}
