import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

export const cutHolder: Scenario = {
  name: "cut-holder",
  title: "VIP holder cut off from the whole network",
  usual: true,
  lasts: [8_000, 25_000],
  divides: true,
  prepare: async ({ holder }, undoneAfter) => {
    const victim = await holder();
    return dropPackets(victim, "cut", `${victim.name} cut off from the whole network`, ["-j DROP"], undoneAfter);
  },
};
