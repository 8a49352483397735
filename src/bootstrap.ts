import { makesNodesReady } from "./cni/index.ts";
import { withLock } from "./engine/cluster-lock.ts";
import { checkNarrowing } from "./engine/narrow.ts";
import { run, type EngineOptions, type RunSummary } from "./engine/run.ts";
import type { Host } from "./host.ts";
import type { Cluster } from "./inventory/cluster.ts";
import type { Situation } from "./phases/phase.ts";
import { PHASES } from "./phases/index.ts";
import { interruptible } from "./remote/interruptible.ts";
import { recordVerify } from "./resources/verify-record.ts";
import { withSession } from "./session.ts";
import { noticesOf } from "./existing/notices.ts";
import { readExistingState } from "./existing/read.ts";
import { noExistingState } from "./existing/existing.ts";

export interface BootstrapOptions extends Omit<EngineOptions, "held" | "existing" | "notices"> {
  /** The command that is running, shown to another operator who finds the cluster locked. Default: `bootstrap`. */
  readonly command?: string;
  /** The owner whose lock is taken over, as E_LOCKED reports it. */
  readonly breakLock?: string;
}

/**
 * Walks all phases over all machines of a cluster: a plan reports what would change, an apply changes it.
 * @throws what `walkPhases` throws; TripodErrors of every host that cannot be used; never the signal's reason itself
 */
export async function bootstrap(cluster: Cluster, options: BootstrapOptions): Promise<RunSummary> {
  const { signal, only } = options;
  return interruptible(signal, async (signal) => {
    if (only) checkNarrowing(PHASES, { cluster, existing: noExistingState(cluster) }, only);
    return withSession(cluster, { signal }, (hosts) => walkPhases(cluster, hosts, { ...options, signal }));
  });
}

/**
 * The same over connected hosts: several walks may share a session. The existing state is read first; an apply holds the cluster's
 * lock for the whole walk.
 * @throws TripodErrors of every step that failed; TripodError E_USAGE, E_LOCKED, E_INTERRUPTED
 */
export async function walkPhases(
  cluster: Cluster,
  hosts: readonly Host[],
  options: BootstrapOptions,
): Promise<RunSummary> {
  const { mode, command = "bootstrap", breakLock } = options;
  return interruptible(options.signal, async (signal) => {
    if (mode === "plan") return walk(cluster, hosts, { ...options, signal });
    const masters = hosts.filter(({ machine }) => machine.role === "master");
    return withLock(masters, { cluster: cluster.name, command, ...(breakLock && { breakLock }) }, (held) =>
      walk(cluster, hosts, { ...options, signal, held }),
    );
  });
}

async function walk(
  cluster: Cluster,
  hosts: readonly Host[],
  options: BootstrapOptions & Pick<EngineOptions, "held">,
): Promise<RunSummary> {
  const existing = await readExistingState(cluster, hosts);
  const { only, held } = options;
  if (only) checkNarrowing(PHASES, { cluster, existing }, only);
  const notices = noticesOf(cluster, existing);
  return run(PHASES, cluster, hosts, {
    ...options,
    existing,
    notices,
    ...(held && { held: unproven(held, { cluster, existing }, hosts) }),
  });
}

/**
 * The first change to an existing cluster invalidates the record of its last verification: if the run dies before its end, the next one
 * verifies again. If the API does not accept the record, the phase Verify finds out by itself that something was changed.
 */
function unproven(
  held: () => Promise<void>,
  { cluster, existing }: Situation,
  hosts: readonly Host[],
): () => Promise<void> {
  const { leader, nodes } = existing;
  // Without a pod network there is nothing to verify.
  const tried = nodes.size > 0 && makesNodesReady(cluster.network);
  const asked = tried ? hosts.find(({ name }) => name === leader) : undefined;
  let recorded: Promise<void> | undefined;
  return async () => {
    await held();
    recorded ??= asked && recordVerify(asked, { result: "due" }).catch(() => undefined);
    await recorded;
  };
}
