import { BlockList } from "node:net";
import { network } from "../../facts/network.ts";
import { readVip, removeStray, strayVip, type VipState } from "../../health/vip.ts";
import { formatSubnet, overlap, parseSubnet } from "../../inventory/addresses.ts";
import { sh } from "../../remote/shell.ts";
import type { Context } from "../phase.ts";
import type { Check } from "./check.ts";

/** The bridge of our own pod network, which an earlier run may have left. */
const OURS = "cni0";

/** The machine's address is on one of its interfaces: a NATed one would be no use to etcd or to VRRP. */
export const ownAddress: Check = {
  name: "address",
  examine(host) {
    const addresses = host.fact(network);
    if (addresses.some(({ address }) => address === host.machine.address)) return [];
    return [
      {
        message: `no interface of it has the address ${host.machine.address}`,
        why: addresses.map(({ interface: name, address, prefix }) => `${name} ${address}/${prefix}`).join("\n"),
        hint: "name the address the other machines reach it by; where SSH goes somewhere else, say `ssh: {address: …}` for it",
      },
    ];
  },
};

/** No network of the host's own is where pods or services are to be: their packets would not leave it. Looked at before it has any of a pod network. */
export const apartFromHost: Check = {
  name: "pods and services apart",
  examine(host, { cluster, standing }) {
    if (standing.founded && (standing.nodes.size === 0 || standing.nodes.has(host.name))) return [];
    const { podSubnet, serviceSubnet } = cluster.kubernetes;
    return [
      { key: "podSubnet", title: "the pods' subnet", text: podSubnet },
      { key: "serviceSubnet", title: "the services' subnet", text: serviceSubnet },
    ].flatMap(({ key, title, text }) => {
      const wanted = parseSubnet(text);
      return host.fact(network).flatMap(({ interface: name, address, prefix }) => {
        const own = parseSubnet(`${address}/${prefix}`);
        // A wider one loses to the routes of pods, which are narrower.
        if (!wanted || !own || name === OURS || !overlap(wanted, own) || own.prefix < wanted.prefix) return [];
        return [
          {
            message: `its network ${formatSubnet(own)} (${name}) is in ${title}, ${text}`,
            hint: `choose another \`kubernetes.${key}\`, or take ${name} away from the host`,
          },
        ];
      });
    });
  },
};

/** The VIP lies in the subnet of the interface that is to carry it. */
export const vipInSubnet: Check = {
  name: "VIP in the subnet",
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
        ? [{ message: `it has no interface ${named} with an IPv4 address`, hint: "mend `loadBalancer.interface`" }]
        : [];
    const subnet = new BlockList();
    subnet.addSubnet(carrier.address, carrier.prefix);
    if (subnet.check(vip)) return [];
    return [
      {
        message: `the VIP ${vip} is not in the subnet of ${carrier.interface} (${carrier.address}/${carrier.prefix})`,
        hint: "choose a free address of that subnet as `loadBalancer.vip`, or name another `loadBalancer.interface`",
      },
    ];
  },
};

/** Where one of our hosts has the VIP, keepalived carries it. What it did not put there answers for it, and nothing moves it. */
export const vipOurs: Check = {
  name: "VIP carried by keepalived",
  async examine(host, context) {
    const { strays } = await vipState(context);
    return strays
      .filter((stray) => stray.host === host.name && !stray.left)
      .map((stray) => ({
        message: `it has ${strayVip(stray)}`,
        hint: `take it away there: \`${removeStray(stray)}\`; and look for what put it there (a network configuration, a script)`,
      }));
  },
};

/** Nobody answers at the VIP, or one of our masters holds it. */
export const vipFree: Check = {
  name: "VIP free",
  async examine(host, context) {
    const { vip } = context.cluster.loadBalancer;
    if (host.machine.role !== "master" || (await heldByUs(context))) return [];
    // Whatever the packet, an ARP answer is what tells; half a second is long for a neighbour. One that is only remembered (STALE,
    // or DELAY once a packet has gone there) was perhaps a master of ours that had the VIP before.
    const { stdout } = await host.read(
      sh`v=${vip}; { timeout 0.5 ping -c1 -W1 "$v" || timeout 0.5 curl -sk "https://$v:${context.cluster.loadBalancer.port}/"; } >/dev/null 2>&1 && echo answered
ip neigh show to "$v"`,
    );
    const mac = /lladdr (\S+)/.exec(stdout)?.[1];
    if (!mac || !/^answered$|\bREACHABLE\b/m.test(stdout)) return [];
    // keepalived may have taken it up a moment ago: then it is a master of ours that answers. What others of ours have is told by `vipOurs`.
    const cards = await Promise.all(context.hosts.map((each) => each.read("cat /sys/class/net/*/address")));
    if (cards.some((card) => card.stdout.includes(mac))) return [];
    return [
      {
        message: `the VIP ${vip} is answered by a stranger (${mac})`,
        hint: "choose a free address as `loadBalancer.vip`, or switch off what has it",
      },
    ];
  },
};

/** No other keepalived with our router id is heard. Only where tcpdump is there to listen with. */
export const routerIdFree: Check = {
  name: "router id",
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
        message: `${from} advertises VRRP router id ${routerId} here already`,
        hint: "choose another `loadBalancer.routerId` (1–255)",
      },
    ];
  },
};

async function heldByUs(context: Context): Promise<boolean> {
  return (await vipState(context)).holders.length > 0;
}

/** Who has the VIP; read once for all hosts. */
function vipState(context: Context): Promise<VipState> {
  return context.once("VIP", () => readVip(context.hosts, context.cluster.loadBalancer.vip));
}
