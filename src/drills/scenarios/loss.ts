import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

/** Share of the packets that reach the host or leave it. */
const PERCENT = 5;

export const loss: Scenario = {
  name: "loss",
  title: `VIP holder loses ${PERCENT} % of its packets`,
  usual: false,
  lasts: [15_000, 15_000],
  // While packets are lost, so are requests. What counts is that this ends with the loss, that no write is lost, and that nothing crashes.
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
    return dropPackets(victim, "loss", `${victim.name} loses ${PERCENT} % of its packets`, [rule], undoneAfter);
  },
};
