import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

export const cutHolder: Scenario = {
  name: "cut-holder",
  title: "network cut of the VIP's holder from everybody",
  usual: true,
  lasts: [8_000, 25_000],
  divides: true,
  prepare: async ({ holder }, undoneAfter) => {
    const victim = await holder();
    return dropPackets(victim, "cut", `${victim.name} cut off from everybody`, ["-j DROP"], undoneAfter);
  },
};
