import type { Scenario } from "../scenario.ts";
import { stopUnits, WITHOUT_ETCD } from "./stop-units.ts";

export const etcdLeader: Scenario = {
  name: "etcd-leader",
  title: "etcd leader stopped",
  usual: true,
  lasts: [6_000, 20_000],
  limits: WITHOUT_ETCD,
  prepare: async (setup, undoneAfter) => stopUnits(await setup.etcdLeader(), ["etcd"], undoneAfter),
};
