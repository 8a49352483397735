import { SYSCTL_FILE, SYSCTLS } from "../../config/kernel.ts";
import { basename } from "node:path";
import { firewall } from "../../facts/firewall.ts";
import { sh } from "../../remote/shell.ts";
import type { Check } from "./check.ts";

/** Where netplan, ifupdown, systemd-networkd, NetworkManager and RHEL's network-scripts keep addresses. */
const NETWORK_FILES = [
  "/etc/netplan",
  "/etc/network",
  "/etc/systemd/network",
  "/etc/NetworkManager/system-connections",
  "/etc/sysconfig/network-scripts",
];

/** No file of the host gives it the VIP, at the next boot or now: keepalived alone does. */
export const vipNotInFiles: Check = {
  name: "vip-not-in-files",
  title: "No network configuration of the host has the VIP",
  async examine(host, { cluster }) {
    const { vip } = cluster.loadBalancer;
    const { stdout } = await host.read(
      sh`grep -rnswF -e ${vip} ${NETWORK_FILES} | grep -vE '^[^:]*:[0-9]+:[[:space:]]*#' | head -n 5`,
    );
    const places = [...stdout.matchAll(/^([^:\n]+):(\d+):/gm)].map(([, path, line]) => `${path}:${line}`);
    if (places.length === 0) return [];
    return [
      {
        message: `the VIP ${vip} is in ${places.join(", ")}`,
        hint: "remove it there: keepalived alone may add it, or two machines would have it; choose another `loadBalancer.vip` if it belongs to this machine",
      },
    ];
  },
};

/** `net.ipv4.conf.all.forwarding` is another name of `net.ipv4.ip_forward`; the kernel changes both. */
const ALIASES: Readonly<Record<string, string>> = { "net.ipv4.conf.all.forwarding": "net.ipv4.ip_forward" };
const NAMES = [...Object.keys(SYSCTLS), ...Object.keys(ALIASES)];
const PATTERN = `^[[:space:]]*-?(${NAMES.map((name) => name.replaceAll(".", "[./]")).join("|")})[[:space:]]*=`;

/** A file of the same name in an earlier folder replaces those in later ones (sysctl.d(5)). ufw applies its own file when it starts. */
const READ_SYSCTLS = `seen=
for f in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf; do
  n=\${f##*/}
  [ -e "$f" ] || continue
  case $seen in *"/$n/"*) continue ;; esac
  seen="$seen/$n/"
  ${sh`grep -HnsE ${PATTERN}`} "$f"
done
${sh`grep -HnsE ${PATTERN}`} /etc/ufw/sysctl.conf
true`;

interface Setting {
  /** `/etc/sysctl.d/99-hardening.conf:12` */
  readonly place: string;
  readonly name: string;
  readonly value: string;
}

/** No file that is applied after Tripod's undoes a kernel setting at the next boot. */
export const sysctlsKept: Check = {
  name: "kernel-settings-kept",
  title: "No other file on the host undoes the kernel settings at the next boot",
  async examine(host) {
    const { stdout } = await host.read(READ_SYSCTLS);
    const all = [...stdout.matchAll(/^([^:\n]+):(\d+):\s*-?([\w./-]+)\s*=\s*(.*)$/gm)].map(
      ([, path = "", line, key = "", value = ""]) => ({ path, place: `${path}:${line}`, key, value: value.trim() }),
    );
    const late = (path: string) => path.startsWith("/etc/ufw/");
    const after = all
      .filter(({ path }) => (late(path) ? host.fact(firewall) === "ufw" : basename(path) > basename(SYSCTL_FILE)))
      .toSorted((one, other) => Number(late(one.path)) - Number(late(other.path)) || compare(one.path, other.path));
    const last = new Map<string, Setting>();
    for (const { key, place, value } of after) {
      const dotted = key.replaceAll("/", ".");
      const name = ALIASES[dotted] ?? dotted;
      last.set(name, { place, name, value });
    }
    return [...last.values()]
      .filter(({ name, value }) => value !== SYSCTLS[name])
      .map(({ place, name, value }) => ({
        message: `${place} sets ${name} to ${value === "" ? "nothing" : value}; the cluster needs ${SYSCTLS[name]}`,
        hint: `remove that line: it is applied after ${SYSCTL_FILE}, so the next boot would stop the pods' traffic`,
      }));
  },
};

function compare(one: string, other: string): number {
  const [a, b] = [basename(one), basename(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}
