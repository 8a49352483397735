import { dirname } from "node:path";
import { FIREWALL_SCRIPT, firewallScript, firewallUnit, richRules, ufwRules } from "../config/firewall.ts";
import { firewall as firewallFact } from "../facts/firewall.ts";
import { network } from "../facts/network.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import { firewalld } from "../resources/firewalld.ts";
import { packetFilter } from "../resources/packet-filter.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { ufw } from "../resources/ufw.ts";
import { packages } from "./packages.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { preflight } from "./preflight/index.ts";

const UNIT = "tripod-firewall.service";

/**
 * With `firewall: manage`, the ports that others need of a host are opened by the program that owns its packet filter. ufw's rules are
 * iptables', and contain everything; beside firewalld, others (Docker) may drop what is forwarded.
 */
export const firewall: Phase = {
  name: "firewall",
  title: "Firewall",
  needs: [allHosts(preflight), sameHost(packages)],
  hosts: ({ cluster }) => (cluster.firewall === "manage" ? cluster.machines : []),
  resources(host, { cluster }) {
    const kind = host.fact(firewallFact);
    if (kind === "ufw") return [ufw({ rules: ufwRules(cluster, host.machine) })];
    const loaded = packetFilters(cluster, host);
    if (kind === "none") return loaded;
    const { podSubnet } = cluster.kubernetes;
    const rules = richRules(cluster, host.machine);
    return [firewalld({ interfaces: interfaces(host, cluster), rules, podSubnet }), ...loaded];
  },
};

function packetFilters(cluster: Cluster, { machine }: Host): Resource[] {
  const unit = `/etc/systemd/system/${UNIT}`;
  const text = firewallScript(cluster, machine);
  return [
    directory({ path: dirname(FIREWALL_SCRIPT), mode: 0o755 }),
    file({ path: FIREWALL_SCRIPT, content: text, mode: 0o755 }),
    file({ path: unit, content: firewallUnit(), mode: 0o644 }),
    packetFilter({ script: FIREWALL_SCRIPT, text }),
    service({ unit: UNIT, reads: [unit, FIREWALL_SCRIPT] }),
  ];
}

/** The interfaces at which others reach this host: that of its address and, on a master, that of the VIP. */
function interfaces(host: Host, { loadBalancer }: Cluster): readonly string[] {
  const own = host.fact(network).filter(({ address }) => address === host.machine.address);
  const vip = host.machine.role === "master" && loadBalancer.interface ? [loadBalancer.interface] : [];
  return [...new Set([...own.map(({ interface: name }) => name), ...vip])];
}
