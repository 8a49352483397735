import { powerCut, NO_POWER } from "../power.ts";
import type { Scenario } from "../scenario.ts";

/** Reads and writes stop, but cleanly: acknowledged writes have to be present as soon as the first machine is back. */
export const quorum: Scenario = {
  name: "quorum",
  title: "power cut of a majority of the masters: etcd loses its quorum",
  usual: false,
  lasts: [10_000, 10_000],
  stops: true,
  needsPower: true,
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
