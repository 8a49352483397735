import type { Scenario } from "../drill.ts";
import { stopUnits } from "./stop-units.ts";

export const kubelet: Scenario = {
  name: "kubelet",
  title: "kubelet and containerd stopped on a master",
  usual: false,
  lasts: [8_000, 15_000],
  prepare: async (stage, undoneAfter) => ({
    ...stopUnits(await stage.holder(), ["containerd", "kubelet"], undoneAfter),
    kubelets: true,
  }),
};
