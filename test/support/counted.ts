import { createHook } from "node:async_hooks";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { testCluster, testMachine } from "./cluster.ts";

/** Three masters and so many workers that it is this number of machines, in one /16. */
export function clusterOf(machines: number): Cluster {
  const address = (index: number) => `10.0.${Math.floor(index / 200)}.${11 + (index % 200)}`;
  const named = (index: number) => {
    const isMaster = index < 3;
    return testMachine(isMaster ? `m${index + 1}` : `w${index - 2}`, address(index), isMaster ? "master" : "worker");
  };
  const all = Array.from({ length: machines }, (_, index) => named(index));
  return testCluster({
    masters: all.slice(0, 3),
    workers: all.slice(3),
    kubernetes: { podSubnet: "10.128.0.0/9" },
    loadBalancer: { subnet: "10.0.0.0/16" },
  });
}

/** The same hosts, and how often something of one of them was asked for since: its name, its connection (as whoever wraps it does), a fact. */
export function countingUses(hosts: readonly Host[]): { hosts: Host[]; uses: () => number } {
  let uses = 0;
  const counting = (host: Host) =>
    new Proxy(host, {
      get(target, key) {
        uses++;
        return Reflect.get(target, key) as unknown;
      },
    });
  return { hosts: hosts.map(counting), uses: () => uses };
}

/** How many promises are made while this works. */
export async function promisesOf(work: () => Promise<unknown>): Promise<number> {
  let made = 0;
  const hook = createHook({
    init(_, type) {
      if (type === "PROMISE") made++;
    },
  });
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return made;
}
