import type { Scenario } from "../drill.ts";
import { stopUnits } from "./stop-units.ts";

export const etcdLeader: Scenario = {
  name: "etcd-leader",
  title: "etcd member stopped that leads",
  usual: true,
  lasts: [6_000, 20_000],
  // Its API server stays in turn until two checks of haproxy have failed, 3.25 s at most; who asked it just before waits a second more.
  limits: { apiLive: 4500, apiRead: 4500 },
  prepare: async (stage, undoneAfter) => stopUnits(await stage.etcdLeader(), ["etcd"], undoneAfter),
};
