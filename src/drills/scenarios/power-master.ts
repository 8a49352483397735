import { powerCut, NO_POWER } from "../power.ts";
import type { Scenario } from "../scenario.ts";
import { otherThan } from "./victims.ts";

export const powerMaster: Scenario = {
  name: "power-master",
  title: "power cut of a master without the VIP",
  usual: false,
  lasts: [8_000, 30_000],
  needsPower: true,
  prepare: async ({ power, holder, masters }, undoneAfter) => {
    if (!power) return NO_POWER;
    const other = otherThan(masters, await holder());
    return other ? powerCut([other], power, undoneAfter) : "the cluster has only one master";
  },
};
