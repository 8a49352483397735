import type { Sink } from "./engine/events.ts";
import { run, type RunSummary } from "./engine/run.ts";
import type { Cluster } from "./inventory/cluster.ts";
import { PHASES } from "./phases/index.ts";
import type { Mode } from "./phases/phase.ts";
import { withSession } from "./session.ts";

export interface BootstrapOptions {
  readonly mode: Mode;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/**
 * Walks all phases over all machines of a cluster: in a plan to say what would change, in an apply to change it.
 * @throws TripodErrors of every host or step that failed; TripodError E_INTERRUPTED
 */
export function bootstrap(cluster: Cluster, options: BootstrapOptions): Promise<RunSummary> {
  const { signal } = options;
  return withSession(cluster, { signal }, (hosts) => run(PHASES, cluster, hosts, options));
}
