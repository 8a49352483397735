import { runContext } from "../../src/engine/context.ts";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import type { Context, Mode } from "../../src/phases/phase.ts";

/** What the steps of a run share, as the engine makes it. */
export function testContext(cluster: Cluster, hosts: readonly Host[], mode: Mode = "apply"): Context {
  return runContext(cluster, hosts, mode, new AbortController().signal, { changed: 0, unchanged: 0 });
}
