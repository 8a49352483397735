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

/** A right inventory of three masters and so many machines in all, a line each. */
export function inventoryOf(machines: number): string {
  const line = (name: string, index: number) =>
    `  - { name: ${name}, address: 172.16.${1 + Math.floor(index / 200)}.${11 + (index % 200)} }\n`;
  const masters = [1, 2, 3].map((n) => line(`m${n}`, n));
  const workers = Array.from({ length: machines - 3 }, (_, index) => line(`w${index + 1}`, index + 4));
  return `name: large
kubernetes: { version: "1.36.3", podSubnet: 10.128.0.0/9, serviceSubnet: 10.96.0.0/12 }
loadBalancer: { vip: 172.16.0.10, subnet: 172.16.0.0/12 }
masters:
${masters.join("")}workers:
${workers.join("")}`;
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
