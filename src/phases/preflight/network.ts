import { network } from "../../facts/network.ts";
import { readVip, removeStray, strayVip, type VipState } from "../../health/vip.ts";
import { contains, formatSubnet, overlap, parseAddress, parseSubnet } from "../../inventory/addresses.ts";
import { sh } from "../../remote/shell.ts";
import { type Context, onceKey } from "../phase.ts";
import { mayBeNode } from "../../existing/existing.ts";
import type { Check } from "./check.ts";

const VIP = onceKey<VipState>("VIP");

/** The bridge of the pod network `bridge`, which an earlier run may have created. */
const OURS = "cni0";

/** The machine's address is on one of its interfaces: etcd and VRRP cannot use an address behind NAT. */
export const ownAddress: Check = {
  name: "own-address",
  title: "One of the host's interfaces has the address of the inventory",
  examine(host) {
    const addresses = host.fact(network);
    if (addresses.some(({ address }) => address === host.machine.address)) return [];
    return [
      {
        message: `none of its interfaces has the address ${host.machine.address}`,
        why: addresses.map(({ interface: name, address, prefix }) => `${name} ${address}/${prefix}`).join("\n"),
        hint: "set `address` to the one at which the other machines reach it; if SSH uses another, set `ssh: {address: …}` for the machine",
      },
    ];
  },
};

/** No network of the host overlaps the pods' or the services' subnet: their packets would not leave the host. Checked before it joins. */
export const subnetsFree: Check = {
  name: "subnets-free",
  title: "None of the host's networks overlaps the pods' or the services' subnet",
  examine(host, { cluster, existing }) {
    if (existing.clusterExists && mayBeNode(existing, host.name)) return [];
    const { podSubnet, serviceSubnet } = cluster.kubernetes;
    return [
      { key: "podSubnet", title: "the pods' subnet", text: podSubnet },
      { key: "serviceSubnet", title: "the services' subnet", text: serviceSubnet },
    ].flatMap(({ key, title, text }) => {
      const wanted = parseSubnet(text);
      return host.fact(network).flatMap(({ interface: name, address, prefix }) => {
        const own = parseSubnet(`${address}/${prefix}`);
        // Routes to pods are narrower than a wider network of the host, and win over it.
        if (!wanted || !own || name === OURS || !overlap(wanted, own) || own.prefix < wanted.prefix) return [];
        return [
          {
            message: `its network ${formatSubnet(own)} (${name}) overlaps ${title}, ${text}`,
            hint: `choose another \`kubernetes.${key}\`, or remove the interface ${name} from the host`,
          },
        ];
      });
    });
  },
};

/** The VIP is in the subnet of the interface that is to carry it. */
export const vipInSubnet: Check = {
  name: "vip-in-subnet",
  title: "The VIP is in the subnet of the master's interface that is to carry it",
  examine(host, { cluster }) {
    if (host.machine.role !== "master") return [];
    const { vip, interface: named } = cluster.loadBalancer;
    const carrier = host
      .fact(network)
      .find((each) =>
        named ? each.interface === named && each.address !== vip : each.address === host.machine.address,
      );
    if (!carrier)
      return named
        ? [{ message: `it has no interface ${named} with an IPv4 address`, hint: "correct `loadBalancer.interface`" }]
        : [];
    // `segment` reports an address without neighbours.
    if (carrier.prefix === 32) return [];
    const [subnet, address] = [parseSubnet(`${carrier.address}/${carrier.prefix}`), parseAddress(vip)];
    if (subnet && address !== undefined && contains(subnet, address)) return [];
    return [
      {
        message: `the VIP ${vip} is not in the subnet of ${carrier.interface} (${carrier.address}/${carrier.prefix})`,
        hint: "choose a free address of that subnet as `loadBalancer.vip`, or name another `loadBalancer.interface`",
      },
    ];
  },
};

/** Where one of our hosts has the VIP, keepalived carries it. An address that keepalived did not add answers too, and never moves. */
export const vipOurs: Check = {
  name: "vip-ours",
  title: "Keepalived has added the VIP, where the host has it",
  async examine(host, context) {
    const { strays } = await vipState(context);
    return strays
      .filter((stray) => stray.host === host.name && !stray.left)
      .map((stray) => ({
        message: `it has ${strayVip(stray)}`,
        hint: `remove it on that host: \`${removeStray(stray)}\`; then find out what added it (a network configuration, a script)`,
      }));
  },
};

/** Nothing answers at the VIP, or one of our masters holds it. */
export const vipFree: Check = {
  name: "vip-free",
  title: "No other machine answers at the VIP",
  async examine(host, context) {
    const { vip } = context.cluster.loadBalancer;
    if (host.machine.role !== "master" || (await heldByUs(context))) return [];
    // The ARP answer counts, whatever the packet; half a second is long for a neighbour. An entry that is only remembered (STALE, or
    // DELAY once a packet was sent) may be one of our masters that held the VIP before.
    const { stdout } = await host.read(
      sh`v=${vip}; { timeout 0.5 ping -c1 -W1 "$v" || timeout 0.5 curl -sk "https://$v:${context.cluster.loadBalancer.port}/"; } >/dev/null 2>&1 && echo answered
ip neigh show to "$v"`,
    );
    const mac = /lladdr (\S+)/.exec(stdout)?.[1];
    if (!mac || !/^answered$|\bREACHABLE\b/m.test(stdout)) return [];
    // keepalived may have taken the VIP a moment ago: then one of our masters answers. `vipOurs` reports what our other hosts have.
    const cards = await Promise.all(context.hosts.map((each) => each.read("cat /sys/class/net/*/address")));
    if (cards.some((card) => card.stdout.includes(mac))) return [];
    return [
      {
        message: `another machine answers at the VIP ${vip} (MAC address ${mac})`,
        hint: "choose a free address as `loadBalancer.vip`, or switch off the machine that has it",
      },
    ];
  },
};

/** No other keepalived advertises our router id. Checked only where tcpdump is installed. */
export const routerIdFree: Check = {
  name: "router-id-free",
  title: "No other keepalived advertises the VRRP router id; checked where tcpdump is installed",
  async examine(host, context) {
    const { routerId } = context.cluster.loadBalancer;
    if (host.machine.role !== "master" || (await heldByUs(context))) return [];
    const ours = context.masters.map((master) => `and not src host ${master.machine.address}`).join(" ");
    const { stdout } = await host.read(
      `command -v tcpdump >/dev/null && timeout 1.2 tcpdump -nn -l -c 1 'ip proto 112 and ip[21] = ${routerId} ${ours}' 2>/dev/null; true`,
    );
    const from = /IP (\S+) >/.exec(stdout)?.[1];
    if (!from) return [];
    return [
      {
        message: `${from} already advertises VRRP router id ${routerId} in this network`,
        hint: "choose another `loadBalancer.routerId` (1–255)",
      },
    ];
  },
};

async function heldByUs(context: Context): Promise<boolean> {
  return (await vipState(context)).holders.length > 0;
}

/** Which hosts have the VIP; read once for all hosts. */
function vipState(context: Context): Promise<VipState> {
  return context.once(VIP, () => readVip(context.hosts, context.cluster.loadBalancer.vip));
}
