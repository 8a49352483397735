import type { Scenario } from "../scenario.ts";
import { dropPackets } from "./firewall.ts";

export const cutEtcd: Scenario = {
  name: "cut-etcd",
  title: "etcd's leader cut off from its peers, and nothing else",
  usual: false,
  lasts: [8_000, 25_000],
  // A leader that hears nobody steps down after an election's time, and only then do its own API server's readers find out.
  limits: { apiRead: 6000, apiWrite: 6000, watch: 8000 },
  prepare: async ({ etcdLeader, masters }, undoneAfter) => {
    if (masters.length < 2) return "etcd has one member alone";
    const victim = await etcdLeader();
    const rules = ["-p tcp --dport 2380 -j DROP", "-p tcp --sport 2380 -j DROP"];
    return dropPackets(victim, "cut", `etcd on ${victim.name} cut off from its peers`, rules, undoneAfter);
  },
};
