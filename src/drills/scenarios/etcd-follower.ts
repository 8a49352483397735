import type { Scenario } from "../drill.ts";
import { stopUnits, WITHOUT_ETCD } from "./stop-units.ts";
import { otherThan } from "./victims.ts";

export const etcdFollower: Scenario = {
  name: "etcd-follower",
  title: "etcd member stopped that follows",
  usual: false,
  lasts: [6_000, 20_000],
  limits: WITHOUT_ETCD,
  prepare: async (stage, undoneAfter) => {
    const follower = otherThan(stage.masters, await stage.etcdLeader());
    return follower ? stopUnits(follower, ["etcd"], undoneAfter) : "etcd has one member alone";
  },
};
