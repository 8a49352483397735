import { TripodError, TripodErrors } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Context, Mode, Phase } from "../phases/phase.ts";
import { errorRecords, type PhaseSummary, type Sink } from "./events.ts";
import { layOut, type Step } from "./graph.ts";
import { runStep, type StepTally, type Tally } from "./step.ts";

export interface RunOptions {
  readonly mode: Mode;
  readonly sink: Sink;
  /** Aborted: what is running is finished as far as it must be, nothing new starts. */
  readonly signal: AbortSignal;
}

export interface RunSummary extends Tally {
  /** ms */
  readonly ms: number;
}

type Outcome = "ok" | "failed" | "cancelled";

/**
 * Walks the phases over the hosts. A step starts the moment the steps it needs are done; where one fails, those that need it are
 * cancelled and all others go on, so that every failure is known at the end.
 * @throws TripodErrors with the errors of all failed steps; TripodError E_INTERRUPTED when the signal was aborted
 */
export async function run(
  phases: readonly Phase[],
  cluster: Cluster,
  hosts: readonly Host[],
  options: RunOptions,
): Promise<RunSummary> {
  const { mode, sink, signal } = options;
  const startedAt = performance.now();
  const before = new Map(hosts.map(({ name, connection }) => [name, connection.traffic.commands]));
  const steps = layOut(phases, cluster, hosts);
  const pending = new Map(hosts.map((host) => [host.name, new Set<string>()]));
  const total: Tally = { changed: 0, unchanged: 0 };
  const context = runContext(cluster, hosts, mode, signal, total);
  const failures: unknown[] = [];
  const finished = new Map<Step, Promise<Outcome>>();

  sink({
    type: "run.start",
    at: Date.now(),
    mode,
    cluster: cluster.name,
    phases: phases.map((phase) => summary(phase, steps)),
  });
  const phaseClock = phaseEvents(steps, sink);

  const stopped = () => signal.aborted;

  async function walk(step: Step): Promise<Outcome> {
    const outcomes: (Outcome | undefined)[] = [];
    for (const needed of step.after) outcomes.push(await finished.get(needed));
    const where = { phase: step.phase.name, host: step.host.name };
    phaseClock.started(step);
    const stepStartedAt = performance.now();
    const tally: StepTally = { changed: 0, unchanged: 0 };
    let outcome: Outcome = "ok";
    if (stopped() || outcomes.some((needed) => needed !== "ok")) outcome = "cancelled";
    else {
      sink({ type: "step.start", at: Date.now(), ...where });
      try {
        await runStep(step, context, pending.get(step.host.name) ?? new Set(), sink, tally);
      } catch (error) {
        outcome = stopped() ? "cancelled" : "failed";
        if (outcome === "failed") {
          failures.push(error);
          const { during } = tally;
          sink({ type: "step.fail", at: Date.now(), ...where, ...(during && { during }), errors: errorRecords(error) });
        }
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

  for (const step of steps) finished.set(step, walk(step));
  await Promise.all(finished.values());

  const ms = Math.round(performance.now() - startedAt);
  const outcome = failures.length > 0 ? "failed" : stopped() ? "cancelled" : "ok";
  const roundTrips = Object.fromEntries(
    hosts.map(({ name, connection }) => [name, connection.traffic.commands - (before.get(name) ?? 0)]),
  );
  sink({ type: "run.end", at: Date.now(), outcome, ms, ...total, roundTrips });
  if (failures.length > 0) throw collected(failures);
  if (signal.aborted)
    throw new TripodError("E_INTERRUPTED", "stopped", {
      hint: "run the same command again; it goes on from where it is",
    });
  return { ...total, ms };
}

function runContext(
  cluster: Cluster,
  hosts: readonly Host[],
  mode: Mode,
  signal: AbortSignal,
  total: StepTally,
): Context {
  const values = new Map<string, Promise<unknown>>();
  const queues = new Map<string, Promise<unknown>>();
  return {
    cluster,
    mode,
    hosts,
    masters: hosts.filter((host) => host.machine.role === "master"),
    signal,
    changes: () => total.changed,
    once<T>(key: string, compute: () => Promise<T>) {
      const known = values.get(key) ?? compute();
      values.set(key, known);
      return known as Promise<T>;
    },
    exclusive<T>(key: string, work: () => Promise<T>) {
      const turn = (queues.get(key) ?? Promise.resolve()).then(work, work);
      queues.set(key, turn);
      return turn;
    },
  };
}

function summary(phase: Phase, steps: readonly Step[]): PhaseSummary {
  const hosts = steps.filter((step) => step.phase === phase).map((step) => step.host.name);
  return { name: phase.name, title: phase.title, hosts, needs: phase.needs };
}

/** Emits a phase's start with its first step and its end with its last. */
function phaseEvents(steps: readonly Step[], sink: Sink) {
  const open = new Map<Phase, { left: number; startedAt?: number; outcome: Outcome }>();
  for (const { phase } of steps) open.set(phase, { left: (open.get(phase)?.left ?? 0) + 1, outcome: "ok" });
  return {
    started({ phase }: Step) {
      const state = open.get(phase);
      if (!state || state.startedAt !== undefined) return;
      state.startedAt = performance.now();
      sink({ type: "phase.start", at: Date.now(), phase: phase.name });
    },
    ended({ phase }: Step, outcome: Outcome) {
      const state = open.get(phase);
      if (!state) return;
      if (state.outcome !== "failed" && outcome !== "ok") state.outcome = outcome;
      if (--state.left > 0) return;
      const ms = Math.round(performance.now() - (state.startedAt ?? performance.now()));
      sink({ type: "phase.end", at: Date.now(), phase: phase.name, outcome: state.outcome, ms });
    },
  };
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
