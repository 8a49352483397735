import type { Scenario } from "../scenario.ts";
import { powerCut, NO_POWER } from "../power.ts";

/** Reads and writes stop, and have to stop cleanly: what was acknowledged is there as soon as one of the two is back. */
export const quorum: Scenario = {
  name: "quorum",
  title: "as many masters lost as etcd cannot lose",
  usual: false,
  lasts: [10_000, 10_000],
  stops: true,
  prepare: async (setup, undoneAfter) => {
    const { power, masters } = setup;
    if (!power) return NO_POWER;
    const holder = await setup.holder();
    const victims = [holder, ...masters.filter((master) => master !== holder)].slice(
      0,
      Math.floor(masters.length / 2) + 1,
    );
    return powerCut(victims, power, undoneAfter, { between: () => setup.nothingLost() });
  },
};
