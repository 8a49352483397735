import type { Cluster, Machine } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";
import { portMatrix, VRRP_PROTOCOL } from "./ports.ts";

/** Adds the rules to what nftables and iptables have loaded; run by the unit. */
export const FIREWALL_SCRIPT = "/etc/tripod/firewall.sh";

/** What a host accepts. */
interface Opening {
  readonly protocol: "tcp" | "udp" | "ip";
  /** `2379`, or the first and the last one of a range; of `ip`, the protocol's number. */
  readonly ports: readonly number[];
  /** An address or a subnet; undefined: anyone. */
  readonly source?: string;
}

/**
 * What a machine has to accept from others, by its role: one entry for each port and source.
 * @internal exported for its test
 */
export function openings(cluster: Cluster, machine: Machine): readonly Opening[] {
  const others = cluster.machines.filter(({ name }) => name !== machine.name);
  const machines = others.map(({ address }) => address);
  const sources = {
    host: [],
    masters: others.filter(({ role }) => role === "master").map(({ address }) => address),
    machines,
    "machines and pods": [...machines, cluster.kubernetes.podSubnet],
    anyone: [undefined],
  };
  return portMatrix(cluster)
    .filter(({ roles }) => roles.includes(machine.role))
    .flatMap(({ protocol, first, last, from }) => {
      const range = last === undefined ? [first] : [first, last];
      return sources[from].map((source) => ({ protocol, ports: range, ...(source !== undefined && { source }) }));
    });
}

/** The script for hosts whose rules nftables or iptables load; needs sh, awk, and nft or iptables. */
export function firewallScript(cluster: Cluster, machine: Machine): string {
  return script(cluster, openings(cluster, machine));
}

/** The same without rules for incoming packets: its `check` prints each chain that drops, as far as Tripod has not opened it. Of one size, however large the cluster is. */
export function droppingScript(cluster: Cluster): string {
  return script(cluster, []);
}

function script({ kubernetes: { podSubnet } }: Cluster, input: readonly Opening[]): string {
  return render("firewall/firewall.sh", {
    nftInput: input.map(nftRule).join("\n"),
    nftForward: `ip saddr ${podSubnet} accept\nip daddr ${podSubnet} accept`,
    iptablesInput: input.map(iptablesRule).join("\n"),
    iptablesForward: `-s ${podSubnet} -j ACCEPT\n-d ${podSubnet} -j ACCEPT`,
  });
}

export function firewallUnit(): string {
  return render("firewall/tripod-firewall.service", { script: FIREWALL_SCRIPT });
}

/** firewalld's rich rules, in the form that firewalld prints: firewalld.richlanguage(5). */
export function richRules(cluster: Cluster, machine: Machine): readonly string[] {
  return openings(cluster, machine).map(({ protocol, ports: range, source }) => {
    const from = source === undefined ? "" : `source address="${source}" `;
    const what =
      protocol === "ip"
        ? `protocol value="${isVrrp(range) ? "vrrp" : range.join("")}"`
        : `port port="${range.join("-")}" protocol="${protocol}"`;
    return `rule family="ipv4" ${from}${what} accept`;
  });
}

/**
 * ufw's rules, pods' included, in the words of `ufw show added`: ufw(8). VRRP needs ufw 0.36.2. Another IP protocol has no rule in ufw: then
 * everything from that source is accepted.
 */
export function ufwRules(cluster: Cluster, machine: Machine): readonly string[] {
  const { podSubnet } = cluster.kubernetes;
  const own = openings(cluster, machine).map(({ protocol, ports: range, source }) => {
    if (source === undefined) return `allow ${range.join(":")}/${protocol}`;
    if (protocol === "ip") return `allow from ${source}${isVrrp(range) ? " proto vrrp" : ""}`;
    return `allow from ${source} to any port ${range.join(":")} proto ${protocol}`;
  });
  return [...own, `route allow from ${podSubnet}`, `route allow to ${podSubnet}`];
}

/** As `nft -n list chain` prints it. */
function nftRule({ protocol, ports: range, source }: Opening): string {
  const from = source === undefined ? "" : `ip saddr ${source} `;
  return `${from}${protocol === "ip" ? `ip protocol ${range.join("")}` : `${protocol} dport ${range.join("-")}`} accept`;
}

/** As `iptables -S` prints it. */
function iptablesRule({ protocol, ports: range, source }: Opening): string {
  const from = source === undefined ? "" : `-s ${source.includes("/") ? source : `${source}/32`} `;
  const what = protocol === "ip" ? `-p ${range.join("")}` : `-p ${protocol} -m ${protocol} --dport ${range.join(":")}`;
  return `${from}${what} -j ACCEPT`;
}

function isVrrp([protocol]: Opening["ports"]): boolean {
  return protocol === VRRP_PROTOCOL;
}
