import { defineFact } from "./fact.ts";

/** The MTU of each interface, bytes, by its name. */
export const links = defineFact<ReadonlyMap<string, number>>({
  name: "links",
  command: "ip -o link show",
  // `eth0.100@eth0` is the VLAN 100 of eth0.
  parse: (stdout) =>
    new Map(
      [...stdout.matchAll(/^\d+:\s+([^\s:@]+)(?:@\S+)?:.*?\bmtu (\d+)/gm)].map(([, name = "", mtu]) => [
        name,
        Number(mtu),
      ]),
    ),
});
