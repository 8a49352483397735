import { cniOf } from "../../cni/index.ts";
import { droppingScript } from "../../config/firewall.ts";
import { firewall } from "../../facts/firewall.ts";
import type { Host } from "../../host.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { sh } from "../../remote/shell.ts";
import type { Check } from "./check.ts";

/**
 * Nothing drops the packets that the pod network `bridge` forwards, unless Tripod manages the firewall. Other networks add rules
 * themselves. A rule that names the pods' subnet is somebody's decision; a host that is a node has carried pods before.
 */
export const podsForwarded: Check = {
  name: "pods-forwarded",
  title: "Nothing on the host drops the packets that it forwards for pods",
  async examine(host, { cluster, existing }) {
    const bridge = cniOf(cluster.network).installedBy === "tripod";
    if (cluster.firewall === "manage" || !bridge || existing.nodes.has(host.name)) return [];
    const { podSubnet } = cluster.kubernetes;
    const dropping = await forwardDropped(host, cluster);
    if (dropping.length === 0) return [];
    return [
      {
        message: `it does not forward the packets of pods: ${dropping.join(", ")}`,
        hint: `set \`firewall: manage\`, or accept on that host what is forwarded from and to ${podSubnet}`,
      },
    ];
  },
};

/** What drops packets from the pods' subnet, for a message. */
async function forwardDropped(host: Host, cluster: Cluster): Promise<readonly string[]> {
  const { podSubnet } = cluster.kubernetes;
  const { stdout } = await host.read(
    `{ iptables -w 5 -S; nft list ruleset; } 2>/dev/null | ${sh`grep -qwF ${podSubnet}`} && echo known`,
  );
  if (stdout.startsWith("known")) return [];
  if (host.fact(firewall) === "firewalld") return ["firewalld rejects what no zone or policy accepts"];
  return (await dropping(host, cluster, [`ip saddr ${podSubnet} accept`, `-s ${podSubnet} -j ACCEPT`])).map(
    (chain) => `${chain} drops them`,
  );
}

/** What drops the packets of other machines on this host, for a message; empty: nothing that Tripod could open. */
export async function inputDropped(host: Host, cluster: Cluster): Promise<readonly string[]> {
  if (host.fact(firewall) === "firewalld") return ["firewalld"];
  return dropping(host, cluster, ["jump"]);
}

/** The chains that drop what they do not name and lack one of these rules: `nftables inet filter input`. */
async function dropping(host: Host, cluster: Cluster, rules: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await host.read(`set -- check\n${droppingScript(cluster)}`);
  const chains = [...stdout.matchAll(/^([\w ./-]+): \+ (.+)$/gm)]
    .filter(([, , rule = ""]) => rules.includes(rule))
    .map(([, chain = ""]) => (chain.startsWith("iptables ") ? chain : `nftables ${chain}`));
  return chains.map((chain) => (host.fact(firewall) === "ufw" ? `${chain} (ufw)` : chain));
}

/** `firewall: manage` opens VRRP, which ufw knows from 0.36.2 on. */
export const ufwKnowsVrrp: Check = {
  name: "ufw-knows-vrrp",
  title: "A master's ufw knows VRRP (0.36.2), with `firewall: manage`",
  async examine(host, { cluster }) {
    if (cluster.firewall !== "manage" || host.machine.role !== "master" || host.fact(firewall) !== "ufw") return [];
    const { stdout } = await host.read("ufw version");
    const [, major = 0, minor = 0, patch = 0] = /^ufw (\d+)\.(\d+)(?:\.(\d+))?/.exec(stdout)?.map(Number) ?? [];
    if (major > 0 || minor > 36 || (minor === 36 && patch >= 2)) return [];
    return [
      {
        message: "its ufw does not know VRRP, the protocol of keepalived",
        why: stdout.split("\n")[0] ?? "",
        hint: "upgrade ufw to 0.36.2 or later; or accept protocol 112 from the other masters in /etc/ufw/before.rules, and set `firewall: leave`",
      },
    ];
  },
};
