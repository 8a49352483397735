import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import type { RunEvent } from "../../src/engine/events.ts";
import { STANDARD_PLUGINS } from "../../src/cni/cni.ts";
import { bootstrap, modestCluster } from "../support/bootstrap.ts";
import { testMachine } from "../support/cluster.ts";
import { clusterStory } from "../support/throw-away-cluster.ts";
import { changesIn } from "../support/walk.ts";

const folder = mkdtempSync(join(tmpdir(), "tripod-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "cni.yaml");
const cluster = modestCluster({
  network: { manifest: file },
  masters: [testMachine("m1", "10.0.0.11", "master")],
  workers: [testMachine("w1", "10.0.0.21", "worker")],
});

const conditions = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "condition.met" ? [event.condition] : []));

clusterStory(
  "a network from a manifest, and plugins from a package, make a cluster that has nothing left to change",
  cluster,
  async (machines) => {
    writeFileSync(
      file,
      "kind: DaemonSet\nmetadata: {name: agent, namespace: net}\n---\nkind: Namespace\nmetadata: {name: net}\n",
    );
    // What the package's files would be.
    for (const { name } of cluster.machines)
      for (const plugin of STANDARD_PLUGINS)
        machines.machine(name).write(`/usr/lib/cni/${plugin}`, "#!/bin/sh\n", 0o755);
    const events = await bootstrap(cluster, machines.hosts);
    expect(events.at(-1)).toMatchObject({ type: "run.end", outcome: "ok" });
    expect(conditions(events)).toContain("the pods of DaemonSet net/agent are available");
    const w1 = machines.machine("w1");
    expect(w1.read("/etc/containerd/config.toml")).toContain('bin_dir = "/opt/cni/bin"');
    expect((await w1.host.read("readlink /opt/cni/bin/loopback")).stdout).toBe("/usr/lib/cni/loopback\n");
    expect(changesIn(await bootstrap(cluster, machines.hosts))).toEqual([]);
  },
);
