import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

/** Of a hundred packets that reach the host or leave it. */
const PERCENT = 5;

export const loss: Scenario = {
  name: "loss",
  title: `the VIP's holder loses ${PERCENT} of 100 packets`,
  usual: false,
  lasts: [15_000, 15_000],
  // While packets are lost, requests are: what counts is that it ends with the loss, that nothing written is lost, and nothing falls over.
  limits: {
    vip: 20_000,
    apiLive: 20_000,
    apiRead: 20_000,
    apiWrite: 20_000,
    watch: 20_000,
    service: 20_000,
    nodePort: 20_000,
  },
  prepare: async ({ holder }, undoneAfter) => {
    const victim = await holder();
    const rule = `-m statistic --mode random --probability ${PERCENT / 100} -j DROP`;
    return dropPackets(victim, "loss", `${victim.name} loses ${PERCENT} of 100 packets`, [rule], undoneAfter);
  },
};
