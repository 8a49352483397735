import type { Scenario } from "../scenario.ts";
import { stopUnits } from "./stop-units.ts";

export const keepalivedHolder: Scenario = {
  name: "keepalived-holder",
  title: "keepalived stopped on the VIP holder",
  usual: true,
  lasts: [4_000, 15_000],
  prepare: async (setup, undoneAfter) => stopUnits(await setup.holder(), ["keepalived"], undoneAfter),
};
