import type { RunEvent } from "../../src/engine/events.ts";
import { run } from "../../src/engine/run.ts";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { PHASES } from "../../src/phases/index.ts";
import { noticesOf } from "../../src/existing/notices.ts";
import { readExistingState } from "../../src/existing/read.ts";
import type { Mode } from "../../src/phases/phase.ts";
import { type ClusterOverrides, testCluster } from "./cluster.ts";

/** A cluster for throw-away machines, which have as many CPUs and as much memory as this machine has. */
export const modestCluster = (overrides: ClusterOverrides = {}): Cluster =>
  testCluster({
    ...overrides,
    kubernetes: { tolerate: ["NumCPU", "Mem"], skipPhases: ["addon/coredns"], ...overrides.kubernetes },
  });

/** All phases over these hosts; what was said. */
export async function bootstrap(cluster: Cluster, hosts: readonly Host[], mode: Mode = "apply"): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const { signal } = new AbortController();
  const existing = await readExistingState(cluster, hosts);
  await run(PHASES, cluster, hosts, {
    existing,
    notices: noticesOf(cluster, existing),
    mode,
    signal,
    sink: (event) => events.push(event),
  });
  return events;
}

/** Paths of files that no two bootstraps make the same: keys and certificates, the traces of long commands, what has a time in it. */
export const EVER_NEW =
  /^\/etc\/(etcd|kubernetes)\/pki\/|^\/run\/tripod\/|^\/etc\/(passwd|group)-$|\/ConfigMap\.tripod-verify$/;
