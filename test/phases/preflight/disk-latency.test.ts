import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diskLatency } from "../../../src/phases/preflight/disk-latency.ts";
import { testCluster } from "../../support/cluster.ts";
import { testContext } from "../../support/context.ts";
import { recording } from "../../support/connections.ts";
import { machineStory } from "../../support/machine-story.ts";
import { over } from "../../support/machine.ts";
import { findings, hostsOf, problems } from "./fit.ts";

/** What dd prints after so many writes in so many seconds. */
const dd = (writes: number, seconds: number) => ({
  answer: () =>
    `${writes}+0 records in\n${writes}+0 records out\n${writes * 2300} bytes (1.0 MB, 982 KiB) copied, ${seconds} s, 1.0 MB/s\n`,
});

test("a disk that takes 10 ms for a write is a warning, and one that takes 100 is refused", async () => {
  const found = await problems(diskLatency, { m1: dd(40, 1.002), m2: dd(6, 1.05), m3: dd(2000, 0.9) });
  expect(found).toMatchObject([
    { name: "m1", problem: { warning: true, message: expect.stringMatching(/takes 25 ms on average/) as string } },
    { name: "m2", problem: { warning: false, message: expect.stringMatching(/takes 175 ms on average/) as string } },
  ]);
  expect(found[1]?.problem.hint).toMatch(/faster disk.*add etcd-disk to `preflight.tolerate`/);
});

test("a disk that ends not one write in a second is refused; one that cannot be measured is not judged", async () => {
  expect(
    await findings(diskLatency, { m1: dd(0, 4.2), m2: { answer: () => "dd: No space left on device\n" } }),
  ).toEqual(["m1: a write to the disk of /var/lib/etcd takes 4200 ms on average; etcd needs less than 10"]);
});

test("neither a worker nor a master of an existing cluster is measured, and no plan measures at all", async () => {
  expect(await findings(diskLatency, { w1: dd(6, 1.05) })).toEqual([]);
  const cluster = testCluster();
  const hosts = hostsOf(cluster, { m1: dd(6, 1.05) });
  const context = testContext(cluster, hosts, "apply", { clusterExists: true });
  const plan = testContext(cluster, hosts, "plan");
  for (const host of hosts)
    for (const each of [context, plan]) expect(await diskLatency.examine(host, each)).toEqual([]);
});

machineStory("the disk is written to for a moment, and nothing is left on it", async (machine) => {
  await machine.connection.run("mknod -m 666 /dev/zero c 1 5; mkdir /var/lib/etcd");
  const wire = recording(machine.connection);
  const host = over(machine.host, wire);
  // Whatever this machine's disk takes, as other tests run.
  for (const { message } of await diskLatency.examine(host, testContext(testCluster(), [host])))
    expect(message).toMatch(/ms on average/);
  const script = wire.scripts.find((each) => each.includes("oflag=dsync")) ?? "";
  expect((await machine.connection.run(script)).stdout).toMatch(/\+0 records out\n\d+ bytes.* copied, [\d.e-]+ s, /);
  expect(readdirSync(join(machine.root, "var/lib/etcd"))).toEqual([]);
  machine.write("/var/lib/etcd/member/wal", "");
  expect((await machine.connection.run(script)).stdout).not.toContain("copied");
  expect(existsSync(join(machine.root, "var/lib/etcd/member/wal"))).toBe(true);
});
