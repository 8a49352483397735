import type { Scenario } from "../scenario.ts";
import { stopUnits } from "./stop-units.ts";

export const kubelet: Scenario = {
  name: "kubelet",
  title: "kubelet and containerd stopped on the VIP holder",
  usual: false,
  lasts: [8_000, 15_000],
  prepare: async (setup, undoneAfter) => ({
    ...stopUnits(await setup.holder(), ["containerd", "kubelet"], undoneAfter),
    stopsKubelets: true,
  }),
};
