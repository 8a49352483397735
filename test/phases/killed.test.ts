import { beforeAll, describe, expect, it } from "vitest";
import { bootstrap, EVER_NEW, modestCluster } from "../support/bootstrap.ts";
import { testMachine } from "../support/cluster.ts";
import { killSwitch } from "../support/connections.ts";
import { lasting } from "../support/listing.ts";
import { noMachine, over } from "../support/machine.ts";
import { because } from "../support/programs.ts";
import { throwAwayCluster, type ThrowAwayCluster } from "../support/throw-away-cluster.ts";

const cluster = modestCluster({
  masters: [testMachine("m1", "10.0.0.11", "master")],
  workers: [testMachine("w1", "10.0.0.21", "worker")],
});

/** How often it is tried, at moments that are spread evenly. With TRIPOD_KILLS=200, for a long night, after every command. */
const KILLS = Number(process.env.TRIPOD_KILLS ?? 5);

describe.skipIf(noMachine)(`a bootstrap that is killed half way${because(noMachine)}`, () => {
  let commands = 0;
  let undisturbed: string[][];

  beforeAll(async () => {
    await using machines = await throwAwayCluster(cluster);
    commands = await killed(machines, Infinity);
    undisturbed = states(machines);
  }, 60_000);

  it.each(Array.from({ length: KILLS }, (_, index) => (100 * (index + 1)) / (KILLS + 1)))(
    "is brought to the same end by the next apply (killed after %i %% of its commands)",
    async (percent) => {
      await using machines = await throwAwayCluster(cluster);
      const n = Math.ceil((percent * commands) / 100);
      await expect(killed(machines, n)).rejects.toThrow("killed");
      await bootstrap(cluster, machines.hosts);
      expect(states(machines), `killed after command ${n} of ${commands}`).toEqual(undisturbed);
    },
    60_000,
  );
});

/** A bootstrap by a Tripod that is killed after n commands; how many it has sent. */
async function killed(machines: ThrowAwayCluster, n: number): Promise<number> {
  const kill = killSwitch(n);
  await bootstrap(
    cluster,
    machines.hosts.map((host) => over(host, kill.through(host.connection))),
  );
  return kill.commands();
}

function states(machines: ThrowAwayCluster): string[][] {
  return cluster.machines.map(({ name }) => lasting(machines.machine(name).listing(), EVER_NEW));
}
