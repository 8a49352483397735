import type { Scenario } from "../scenario.ts";
import { killApiServer } from "./kill-api-server.ts";
import { otherThan } from "./victims.ts";

export const apiServerOther: Scenario = {
  name: "api-server-other",
  title: "API server killed on a master without the VIP",
  usual: false,
  lasts: [4_000, 15_000],
  prepare: async (setup, undoneAfter) => {
    const other = otherThan(setup.masters, await setup.holder());
    return other ? killApiServer(other, undoneAfter) : "the cluster has only one master";
  },
};
