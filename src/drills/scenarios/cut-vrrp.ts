import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

/** Nobody is dead, and the masters do not hear each other's adverts: two hold the VIP, and both of them serve. */
export const cutVrrp: Scenario = {
  name: "cut-vrrp",
  title: "VRRP adverts of the VIP's holder lost, and nothing else",
  usual: false,
  lasts: [6_000, 20_000],
  divides: true,
  prepare: async ({ holder }, undoneAfter) => {
    const victim = await holder();
    return dropPackets(victim, "cut", `VRRP of ${victim.name} cut off`, ["-p 112 -j DROP"], undoneAfter);
  },
};
