import { powerCut, NO_POWER } from "../power.ts";
import type { Scenario } from "../scenario.ts";

export const powerHolder: Scenario = {
  name: "power-holder",
  title: "power cut of the VIP holder",
  usual: true,
  lasts: [8_000, 30_000],
  needsPower: true,
  prepare: async ({ power, holder }, undoneAfter) =>
    power ? powerCut([await holder()], power, undoneAfter) : NO_POWER,
};
