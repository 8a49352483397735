import { runContext } from "../../src/engine/context.ts";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import type { Context, Mode, Situation } from "../../src/phases/phase.ts";
import { noExistingState, type ExistingState } from "../../src/existing/existing.ts";

/** A cluster of which nothing stands yet, but for what a test says. */
export function situation(cluster: Cluster, existing: Partial<ExistingState> = {}): Situation {
  return { cluster, existing: { ...noExistingState(cluster), ...existing } };
}

/** What the steps of a run share, as the engine makes it. */
export function testContext(
  cluster: Cluster,
  hosts: readonly Host[],
  mode: Mode = "apply",
  existing: Partial<ExistingState> = {},
): Context {
  const { signal } = new AbortController();
  return runContext(situation(cluster, existing), hosts, mode, signal, { changed: 0, unchanged: 0 });
}
