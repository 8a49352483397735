import type { Scenario } from "../scenario.ts";
import { stopUnits, WITHOUT_ETCD } from "./stop-units.ts";
import { otherThan } from "./victims.ts";

export const etcdFollower: Scenario = {
  name: "etcd-follower",
  title: "etcd follower stopped",
  usual: false,
  lasts: [6_000, 20_000],
  limits: WITHOUT_ETCD,
  prepare: async (setup, undoneAfter) => {
    const follower = otherThan(setup.masters, await setup.etcdLeader());
    return follower ? stopUnits(follower, ["etcd"], undoneAfter) : "etcd has only one member";
  },
};
