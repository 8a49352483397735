import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Mode, Phase } from "../phases/phase.ts";
import { noExistingState, type ExistingState } from "../existing/existing.ts";
import { runContext } from "./context.ts";
import type { Running, Sink } from "./events.ts";
import { layOut, type Step } from "./graph.ts";
import { leftOut, narrow, type Narrowing } from "./narrow.ts";
import { summary } from "./phase-events.ts";
import { collected, noResults } from "./results.ts";
import type { Tally } from "./site.ts";
import { stopBy, type StopSignals } from "./stop.ts";
import { stopped } from "./stopped.ts";
import { Walk } from "./walk.ts";

export interface EngineOptions extends StopSignals {
  readonly mode: Mode;
  readonly sink: Sink;
  /** The cluster's state as read before the run; default: no cluster exists. */
  readonly existing?: ExistingState;
  /** Shown before anything else: what exists but is not in the inventory. */
  readonly notices?: readonly string[];
  /** Only these hosts and phases. */
  readonly only?: Narrowing;
  /** Awaited before each change: resolves while this run holds the cluster's lock, throws if another operator holds it. */
  readonly held?: () => Promise<void>;
}

export interface RunSummary extends Tally {
  /** ms */
  readonly ms: number;
  /** Number of left out steps that a narrowed plan needs and that are not done: an apply would stop there. */
  readonly unmet: number;
}

/**
 * Runs the phases on the hosts. A step starts as soon as the steps it needs are done; if one fails, those that need it are cancelled and
 * all others continue, so that every failure is known at the end.
 * @throws TripodErrors with the errors of all failed steps; TripodError E_INTERRUPTED with the unfinished steps if the signal was aborted
 */
export async function run(
  phases: readonly Phase[],
  cluster: Cluster,
  hosts: readonly Host[],
  options: EngineOptions,
): Promise<RunSummary> {
  const { mode, sink, signal, only, held = () => Promise.resolve(), existing = noExistingState(cluster) } = options;
  const startedAt = performance.now();
  const roundTrips = countedFrom(hosts);
  const all = layOut(phases, { cluster, existing }, hosts);
  const steps = only ? narrow(all, only) : all;
  const results = noResults();
  const { total, failures, unfinished } = results;
  const stop = stopBy(options);
  const context = runContext({ cluster, existing }, hosts, mode, signal, total);
  announce(phases, cluster, all, steps, options);
  const walk = new Walk({ steps, context, results, stop, sink, held });

  let running: readonly Running[] = [];
  const stopping = () => {
    running = walk.running();
    sink({ type: "run.stopping", at: Date.now(), running });
  };
  signal.addEventListener("abort", stopping, { once: true });
  await walk.run();
  signal.removeEventListener("abort", stopping);

  const ms = Math.round(performance.now() - startedAt);
  const outcome = failures.length > 0 ? "failed" : stop.requested() ? "cancelled" : "ok";
  sink({ type: "run.end", at: Date.now(), outcome, ms, ...total, roundTrips: roundTrips() });
  if (stop.requested()) failures.push(stopped(running, unfinished, signal.reason));
  if (failures.length > 0) throw collected(failures);
  return { ...total, ms, unmet: results.unmet };
}

function announce(
  phases: readonly Phase[],
  { name: cluster }: Cluster,
  all: readonly Step[],
  steps: readonly Step[],
  { mode, sink, only, notices = [] }: EngineOptions,
): void {
  const walked = new Set(steps.map(({ phase }) => phase));
  sink({
    type: "run.start",
    at: Date.now(),
    mode,
    cluster,
    ...(notices.length > 0 && { notices }),
    phases: phases.filter((phase) => !only || walked.has(phase)).map((phase) => summary(phase, steps)),
    ...(only && { leftOut: leftOut(all, steps) }),
  });
}

/** Counts the commands of each host's connection from now on. */
function countedFrom(hosts: readonly Host[]): () => Record<string, number> {
  const before = new Map(hosts.map(({ name, connection }) => [name, connection.traffic.commands]));
  return () =>
    Object.fromEntries(
      hosts.map(({ name, connection }) => [name, connection.traffic.commands - (before.get(name) ?? 0)]),
    );
}
