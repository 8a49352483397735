import { cniOf } from "../../cni/index.ts";
import { type Address, network } from "../../facts/network.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { carrierOf, mtuOf } from "../carrier.ts";
import { type Context, onceKey } from "../phase.ts";
import type { Check } from "./check.ts";

const MTUS = onceKey<ReadonlyMap<number, readonly string[]>>("MTUs");
/** A message names at most this many hosts. */
const SHOWN = 8;

/**
 * The machine's address is in a subnet with others. Some clouds (Google's, Hetzner's) route each address alone, as a /32: no neighbour asks for
 * another by ARP, so that a VIP does not move, and a route to pods does not lead through a neighbour.
 */
export const segment: Check = {
  name: "l2-segment",
  title: "The host's address is in a subnet with neighbours, not a /32",
  examine(host, { cluster }) {
    const own = carrierOf(host);
    const named = cluster.loadBalancer.interface;
    const vips = named === undefined ? own : host.fact(network).find((each) => each.interface === named);
    const needs = [
      ...(host.machine.role === "master" ? [{ carrier: vips, what: "the VIP" }] : []),
      ...(usesBridge(cluster) ? [{ carrier: own, what: "the pod network `bridge`" }] : []),
    ];
    const alone = new Map<Address, string[]>();
    for (const { carrier, what } of needs)
      if (carrier?.prefix === 32) alone.set(carrier, [...(alone.get(carrier) ?? []), what]);
    return [...alone].map(([{ interface: name, address }, what]) => ({
      message: `its address ${address} on ${name} is a /32, without neighbours: ${what.join(" and ")} cannot work there`,
      hint: "give the machines a network of one L2 segment (a VLAN, a vSwitch), and set their addresses in it as `address`; Tripod cannot use a cloud's load balancer instead of a VIP",
    }));
  },
};

/** Machines of one segment have the same MTU: what one sends in full size, another would drop without an answer. */
export const sameMtu: Check = {
  name: "same-mtu",
  title: "The host's MTU is that of the other machines",
  async examine(host, context) {
    const own = mtuOf(host);
    if (own === undefined || !usesBridge(context.cluster)) return [];
    const mtus = await mtusOf(context);
    const [most] = [...mtus].toSorted(([, one], [, other]) => other.length - one.length);
    if (!most || most[0] === own) return [];
    const [usual, others] = most;
    const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : "";
    return [
      {
        warning: true,
        message: `the MTU of ${carrierOf(host)?.interface} is ${own}, but that of ${others.slice(0, SHOWN).join(", ")}${more} is ${usual}`,
        hint: "set the same MTU on all machines of the segment: large packets between them would be lost without an error",
      },
    ];
  },
};

function mtusOf(context: Context): Promise<ReadonlyMap<number, readonly string[]>> {
  return context.once(MTUS, () => {
    const found = new Map<number, string[]>();
    for (const host of context.hosts) {
      const mtu = mtuOf(host);
      if (mtu !== undefined) found.set(mtu, [...(found.get(mtu) ?? []), host.name]);
    }
    return Promise.resolve(found);
  });
}

function usesBridge({ network: chosen }: Cluster): boolean {
  return cniOf(chosen).oneSegment;
}
