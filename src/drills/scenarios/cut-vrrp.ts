import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

/** All masters are up, but do not receive each other's adverts: two hold the VIP, and both serve clients. */
export const cutVrrp: Scenario = {
  name: "cut-vrrp",
  title: "only the VRRP adverts of the VIP holder dropped",
  usual: false,
  lasts: [6_000, 20_000],
  divides: true,
  prepare: async ({ holder }, undoneAfter) => {
    const victim = await holder();
    return dropPackets(victim, "cut", `VRRP of ${victim.name} cut off`, ["-p 112 -j DROP"], undoneAfter);
  },
};
