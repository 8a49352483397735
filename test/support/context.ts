import { runContext } from "../../src/engine/context.ts";
import type { Host } from "../../src/host.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import type { Context, Mode, Situation } from "../../src/phases/phase.ts";
import { nothingStands, type Standing } from "../../src/standing/standing.ts";

/** A cluster of which nothing stands yet, but for what a test says. */
export function situation(cluster: Cluster, standing: Partial<Standing> = {}): Situation {
  return { cluster, standing: { ...nothingStands(cluster), ...standing } };
}

/** What the steps of a run share, as the engine makes it. */
export function testContext(
  cluster: Cluster,
  hosts: readonly Host[],
  mode: Mode = "apply",
  standing: Partial<Standing> = {},
): Context {
  const { signal } = new AbortController();
  return runContext(situation(cluster, standing), hosts, mode, signal, { changed: 0, unchanged: 0 });
}
