import { ETCD_PEER_PORT } from "../../layout.ts";
import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

export const cutEtcd: Scenario = {
  name: "cut-etcd",
  title: "only the etcd traffic of the etcd leader dropped",
  usual: false,
  lasts: [8_000, 25_000],
  // A leader without its peers steps down after the election timeout; only then do reads through its own API server fail.
  limits: { apiRead: 6000, apiWrite: 6000, watch: 8000 },
  prepare: async ({ etcdLeader, masters }, undoneAfter) => {
    if (masters.length < 2) return "etcd has only one member";
    const victim = await etcdLeader();
    const rules = ["dport", "sport"].map((end) => `-p tcp --${end} ${ETCD_PEER_PORT} -j DROP`);
    return dropPackets(victim, "cut", `etcd on ${victim.name} cut off from its peers`, rules, undoneAfter);
  },
};
