import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { noMachine, throwAwayMachine, type ThrowAwayMachine } from "./machine.ts";
import { because } from "./programs.ts";

export interface ThrowAwayCluster extends AsyncDisposable {
  readonly hosts: readonly Host[];
  machine(name: string): ThrowAwayMachine;
}

/** A throw-away machine for each of this cluster. They see the same Kubernetes API and the same etcd, but cannot reach each other. */
export async function throwAwayCluster(cluster: Cluster): Promise<ThrowAwayCluster> {
  const shared = await mkdtemp(join(tmpdir(), "tripod-test-"));
  const machines = await Promise.all(cluster.machines.map((machine) => throwAwayMachine({ machine, shared })));
  return {
    hosts: machines.map(({ host }) => host),
    machine(name) {
      const found = machines.find(({ host }) => host.name === name);
      if (!found) throw new Error(`there is no machine ${name}`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
      await rm(shared, { recursive: true });
    },
  };
}

/** A test with throw-away machines for a cluster; skipped, saying so, where there can be none. */
export function clusterStory(
  name: string,
  cluster: Cluster,
  tell: (machines: ThrowAwayCluster) => Promise<void>,
): void {
  test.skipIf(noMachine)(
    name + because(noMachine),
    async () => {
      await using machines = await throwAwayCluster(cluster);
      await tell(machines);
    },
    60_000,
  );
}
