import { withLock } from "./engine/lock.ts";
import { checkNarrowing } from "./engine/narrow.ts";
import { run, type RunOptions, type RunSummary } from "./engine/run.ts";
import type { Host } from "./host.ts";
import type { Cluster } from "./inventory/cluster.ts";
import { PHASES } from "./phases/index.ts";
import { withSession } from "./session.ts";
import { noticesOf } from "./standing/notices.ts";
import { readStanding } from "./standing/read.ts";
import { nothingStands } from "./standing/standing.ts";

export interface BootstrapOptions extends Omit<RunOptions, "held" | "standing" | "notices"> {
  /** What is being done, shown to another operator who finds the cluster locked. Default: `bootstrap`. */
  readonly command?: string;
  /** The name of an operator, as E_LOCKED has told it, whose lock is to be taken away. */
  readonly breakLock?: string;
}

/**
 * Walks all phases over all machines of a cluster: in a plan to say what would change, in an apply to change it.
 * @throws what `walkPhases` throws; TripodErrors of every host that cannot be used
 */
export async function bootstrap(cluster: Cluster, options: BootstrapOptions): Promise<RunSummary> {
  const { signal, only } = options;
  if (only) checkNarrowing(PHASES, { cluster, standing: nothingStands(cluster) }, only);
  return withSession(cluster, { signal }, (hosts) => walkPhases(cluster, hosts, options));
}

/**
 * The same over hosts that we are connected to: several walks may share a session. What stands is read first; an apply holds the
 * cluster's lock meanwhile.
 * @throws TripodErrors of every step that failed; TripodError E_USAGE, E_LOCKED, E_INTERRUPTED
 */
export async function walkPhases(
  cluster: Cluster,
  hosts: readonly Host[],
  options: BootstrapOptions,
): Promise<RunSummary> {
  const { mode, command = "bootstrap", breakLock } = options;
  if (mode === "plan") return walk(cluster, hosts, options);
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  return withLock(masters, { cluster: cluster.name, command, ...(breakLock && { breakLock }) }, (held) =>
    walk(cluster, hosts, { ...options, held }),
  );
}

async function walk(
  cluster: Cluster,
  hosts: readonly Host[],
  options: BootstrapOptions & Pick<RunOptions, "held">,
): Promise<RunSummary> {
  const standing = await readStanding(cluster, hosts);
  const { only } = options;
  if (only) checkNarrowing(PHASES, { cluster, standing }, only);
  return run(PHASES, cluster, hosts, { ...options, standing, notices: noticesOf(cluster, standing) });
}
