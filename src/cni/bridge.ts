import type { Cni } from "./cni.ts";

export const bridge: Cni = {
  name: "bridge",
  title: "the bridge plugin and static routes between hosts, for machines on one L2 segment",
};
