import { setMaxListeners } from "node:events";
import { TripodError, TripodErrors } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Mode, Phase } from "../phases/phase.ts";
import { noExistingState, type ExistingState } from "../existing/existing.ts";
import { runContext } from "./context.ts";
import { errorRecords, type Outcome, type Running, type Sink } from "./events.ts";
import { type Group, layOut, type Step } from "./graph.ts";
import { leftOut, narrow, type Narrowing, neededBy } from "./narrow.ts";
import { phaseEvents, summary } from "./phase-events.ts";
import { type Site, siteOf, type StepTally, type Tally } from "./site.ts";
import { lookAt, notMet, runStep } from "./step.ts";
import { cutOff, stopped, type Unfinished } from "./stopped.ts";

export interface RunOptions {
  readonly mode: Mode;
  readonly sink: Sink;
  /** Aborted: what is being changed is brought to its end, and nothing new begins. */
  readonly signal: AbortSignal;
  /** Aborted: what runs is not waited for either. Default: never. */
  readonly abort?: AbortSignal;
  /** What was read before the run; default: nothing stands. */
  readonly existing?: ExistingState;
  /** What an operator is told before anything else: what is there and not in the inventory. */
  readonly notices?: readonly string[];
  /** Only these hosts and phases. */
  readonly only?: Narrowing;
  /** Awaited before each change: resolves while the cluster is ours to change, throws where it is somebody else's. */
  readonly held?: () => Promise<void>;
}

export interface RunSummary extends Tally {
  /** ms */
  readonly ms: number;
  /** Needs of a narrowed plan's steps that were left out and are not met: an apply would stop there. */
  readonly unmet: number;
}

/**
 * Walks the phases over the hosts. A step starts the moment the steps it needs are done; where one fails, those that need it are
 * cancelled and all others go on, so that every failure is known at the end.
 * @throws TripodErrors with the errors of all failed steps; TripodError E_INTERRUPTED, which says where, when the signal was aborted
 */
export async function run(
  phases: readonly Phase[],
  cluster: Cluster,
  hosts: readonly Host[],
  options: RunOptions,
): Promise<RunSummary> {
  const { mode, sink, signal, abort = new AbortController().signal, only, held = () => Promise.resolve() } = options;
  const { existing = noExistingState(cluster), notices = [] } = options;
  const startedAt = performance.now();
  const before = new Map(hosts.map(({ name, connection }) => [name, connection.traffic.commands]));
  const all = layOut(phases, { cluster, existing }, hosts);
  const steps = only ? narrow(all, only) : all;
  const needers = neededBy(steps);
  const pending = new Map(hosts.map((host) => [host.name, new Set<string>()]));
  const total: Tally = { changed: 0, unchanged: 0 };
  let unmet = 0;
  const context = runContext({ cluster, existing }, hosts, mode, signal, total);
  const failures: unknown[] = [];
  const finished = new Map<Step, Promise<Outcome>>();
  const groups = new Map<Group, Promise<boolean>>();
  const sites = new Map<Step, Site>();
  const unfinished: Unfinished[] = [];

  const walked = new Set(steps.map(({ phase }) => phase));
  sink({
    type: "run.start",
    at: Date.now(),
    mode,
    cluster: cluster.name,
    ...(notices.length > 0 && { notices }),
    phases: phases.filter((phase) => !only || walked.has(phase)).map((phase) => summary(phase, steps)),
    ...(only && { leftOut: leftOut(all, steps) }),
  });
  const phaseClock = phaseEvents(steps, sink);

  let running: readonly Running[] = [];
  const stopping = () => {
    running = [...sites.values()].map(({ step, tally }) => ({
      phase: step.phase.name,
      host: step.host.name,
      ...(tally.changing !== undefined && { resource: tally.changing }),
    }));
    sink({ type: "run.stopping", at: Date.now(), running });
  };
  const told = () => signal.aborted || abort.aborted;
  const stop = AbortSignal.any([signal, abort]);
  // Every step may listen to it: that many are no leak.
  setMaxListeners(0, stop);

  /** Whether all steps of a group ended well: one promise, whoever waits for it. */
  function endedWell(group: Group): Promise<boolean> {
    const known =
      groups.get(group) ??
      Promise.all(group.flatMap((step) => finished.get(step) ?? [])).then((outcomes) =>
        outcomes.every((each) => each === "ok"),
      );
    groups.set(group, known);
    return known;
  }

  async function work(step: Step, site: Site): Promise<void> {
    const expected = pending.get(step.host.name) ?? new Set();
    if (!step.lookedAt) return runStep(site, expected);
    const missing = await lookAt(site, expected);
    if (missing.length === 0) return;
    const needing = [...(needers.get(step) ?? [])];
    if (mode === "apply") throw notMet(site, needing, missing);
    unmet++;
    site.emit({ type: "need.unmet", neededBy: needing, missing });
  }

  async function walk(step: Step): Promise<Outcome> {
    let ready = true;
    for (const group of step.after) ready = (await endedWell(group)) && ready;
    const where = { phase: step.phase.name, host: step.host.name };
    phaseClock.started(step);
    const stepStartedAt = performance.now();
    const tally: StepTally = { changed: 0, unchanged: 0 };
    let outcome: Outcome = "ok";
    if (told() || !ready) {
      outcome = "cancelled";
      if (told()) unfinished.push({ ...where, begun: false });
    } else {
      sink({ type: "step.start", at: Date.now(), ...where });
      const site = siteOf(step, context, tally, { sink, abort, stop, held });
      sites.set(step, site);
      try {
        await work(step, site);
      } catch (error) {
        outcome = cutOff(error, signal) || cutOff(error, abort) ? "cancelled" : "failed";
        if (outcome === "cancelled") unfinished.push({ ...where, begun: true });
        else {
          failures.push(error);
          const { during } = tally;
          sink({ type: "step.fail", at: Date.now(), ...where, ...(during && { during }), errors: errorRecords(error) });
        }
      } finally {
        sites.delete(step);
      }
    }
    total.changed += tally.changed;
    total.unchanged += tally.unchanged;
    sink({
      type: "step.end",
      at: Date.now(),
      ...where,
      outcome,
      ms: Math.round(performance.now() - stepStartedAt),
      changed: tally.changed,
      unchanged: tally.unchanged,
    });
    phaseClock.ended(step, outcome);
    return outcome;
  }

  signal.addEventListener("abort", stopping, { once: true });
  for (const step of steps) finished.set(step, walk(step));
  await Promise.all(finished.values());
  signal.removeEventListener("abort", stopping);

  const ms = Math.round(performance.now() - startedAt);
  const outcome = failures.length > 0 ? "failed" : told() ? "cancelled" : "ok";
  const roundTrips = Object.fromEntries(
    hosts.map(({ name, connection }) => [name, connection.traffic.commands - (before.get(name) ?? 0)]),
  );
  sink({ type: "run.end", at: Date.now(), outcome, ms, ...total, roundTrips });
  if (told()) failures.push(stopped(running, unfinished, signal.reason));
  if (failures.length > 0) throw collected(failures);
  return { ...total, ms, unmet };
}

/** One error per distinct failure: several steps may have waited for the same promise and failed with it. */
function collected(failures: readonly unknown[]): unknown {
  const distinct = [...new Set(failures)].flatMap((failure) =>
    failure instanceof TripodErrors ? failure.errors : [failure],
  );
  const bug = distinct.find((failure) => !(failure instanceof TripodError));
  if (bug) return bug;
  const errors = distinct as TripodError[];
  if (errors.length === 1) return errors[0];
  return new TripodErrors(errors, `${errors.length} failures; nothing that needs them was started`);
}
