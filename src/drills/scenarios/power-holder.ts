import type { Scenario } from "../drill.ts";
import { byPower, NO_POWER } from "../power.ts";

export const powerHolder: Scenario = {
  name: "power-holder",
  title: "power cut of the VIP's holder",
  usual: true,
  lasts: [8_000, 30_000],
  prepare: async ({ power, holder }, undoneAfter) => (power ? byPower([await holder()], power, undoneAfter) : NO_POWER),
};
