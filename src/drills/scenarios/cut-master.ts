import type { Scenario } from "../scenario.ts";
import { dropPackets, toAndFrom } from "./firewall.ts";
import { otherThan } from "./victims.ts";

export const cutMaster: Scenario = {
  name: "cut-master",
  title: "network cut between a master and the other masters",
  usual: false,
  lasts: [8_000, 25_000],
  divides: true,
  prepare: async ({ masters, holder }, undoneAfter) => {
    const victim = otherThan(masters, await holder());
    if (!victim) return "the cluster has only one master";
    const peers = masters.filter((master) => master !== victim);
    return dropPackets(victim, "cut", `${victim.name} cut off from the other masters`, toAndFrom(peers), undoneAfter);
  },
};
