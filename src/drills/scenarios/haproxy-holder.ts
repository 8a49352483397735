import type { Scenario } from "../scenario.ts";
import { stopUnits } from "./stop-units.ts";

export const haproxyHolder: Scenario = {
  name: "haproxy-holder",
  title: "haproxy stopped on the VIP holder",
  usual: true,
  lasts: [6_000, 15_000],
  // keepalived checks once a second, and reacts to the second failure.
  limits: { vip: 3500, apiLive: 3500, apiRead: 3500, apiWrite: 4000, watch: 4500 },
  prepare: async (setup, undoneAfter) =>
    setup.cluster.loadBalancer.haproxy
      ? stopUnits(await setup.holder(), ["haproxy"], undoneAfter)
      : "the inventory disables haproxy",
};
