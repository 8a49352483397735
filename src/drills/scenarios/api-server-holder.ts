import type { Scenario } from "../scenario.ts";
import { killApiServer } from "./kill-api-server.ts";

export const apiServerHolder: Scenario = {
  name: "api-server-holder",
  title: "API server killed on the VIP holder",
  usual: true,
  lasts: [4_000, 15_000],
  prepare: async (setup, undoneAfter) => killApiServer(await setup.holder(), undoneAfter),
};
