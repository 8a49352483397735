import { links } from "../facts/links.ts";
import { type Address, network } from "../facts/network.ts";
import type { Host } from "../host.ts";

/** The interface that has the host's address of the inventory; undefined where none has it, which preflight refuses. */
export function carrierOf(host: Host): Address | undefined {
  return host.fact(network).find(({ address }) => address === host.machine.address);
}

/** Its MTU, bytes. */
export function mtuOf(host: Host): number | undefined {
  return host.fact(links).get(carrierOf(host)?.interface ?? "");
}
