import type { Scenario } from "../drill.ts";
import { stopUnits } from "./stop-units.ts";
import { otherThan } from "./victims.ts";

export const etcdFollower: Scenario = {
  name: "etcd-follower",
  title: "etcd member stopped that follows",
  usual: false,
  lasts: [6_000, 20_000],
  // Its API server stays in turn until two checks of haproxy have failed, 3.25 s at most; who asked it just before waits a second more.
  limits: { apiLive: 4500, apiRead: 4500 },
  prepare: async (stage, undoneAfter) => {
    const follower = otherThan(stage.masters, await stage.etcdLeader());
    return follower ? stopUnits(follower, ["etcd"], undoneAfter) : "etcd has one member alone";
  },
};
