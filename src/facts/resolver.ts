import { defineFact } from "./fact.ts";

export interface Resolver {
  /** The file with the name servers that pods may ask. systemd-resolved's stub in /etc/resolv.conf answers the host alone. */
  readonly file: string;
}

/**
 * As kubeadm finds it out on the first master, for all (upstream: cmd/kubeadm/app/componentconfigs/kubelet.go). One that is enabled and does
 * not run at the moment will run again: a kubelet is not sent to the stub for that.
 */
export const resolver = defineFact<Resolver>({
  name: "resolver",
  command:
    "systemctl is-active systemd-resolved.service 2>/dev/null; systemctl is-enabled systemd-resolved.service 2>/dev/null; true",
  parse: (stdout) => ({
    file: /^(?:active|enabled)$/m.test(stdout) ? "/run/systemd/resolve/resolv.conf" : "/etc/resolv.conf",
  }),
});
