import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** The host's name, now and after a reboot. A node's name is its hostname (kubeadm). */
export const hostname = defineResource<{ readonly name: string }, { live: string; kept: string }>({
  kind: "hostname",
  name: ({ name }) => name,
  async read(host) {
    const { stdout } = await host.read("uname -n; cat /etc/hostname 2>/dev/null");
    const [live = "", kept = ""] = stdout.split("\n");
    return { live, kept: kept.trim() };
  },
  diff({ name }, { live, kept }) {
    return [
      ...(live === name ? [] : [{ field: "hostname", from: live, to: name }]),
      ...(kept === name ? [] : [{ field: "/etc/hostname", from: kept || "absent", to: name }]),
    ];
  },
  async apply(host, { name }) {
    await command(
      host,
      sh`hostnamectl set-hostname ${name} 2>/dev/null || { printf '%s\n' ${name} > /etc/hostname && hostname ${name}; }`,
    );
  },
});
