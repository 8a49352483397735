import type { Scenario } from "../drill.ts";
import { stopUnits } from "./stop-units.ts";

export const etcdLeader: Scenario = {
  name: "etcd-leader",
  title: "etcd member stopped that leads",
  usual: true,
  lasts: [6_000, 20_000],
  // Its API server stays in turn until haproxy has looked twice, a second apart.
  limits: { apiLive: 3000, apiRead: 3000 },
  prepare: async (stage, undoneAfter) => stopUnits(await stage.etcdLeader(), ["etcd"], undoneAfter),
};
