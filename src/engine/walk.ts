import type { Context } from "../phases/phase.ts";
import { errorRecords, type Outcome, type Running, type Sink } from "./events.ts";
import type { Group, Step } from "./graph.ts";
import { neededBy } from "./narrow.ts";
import { phaseEvents } from "./phase-events.ts";
import type { Results } from "./results.ts";
import { type Site, siteOf, type StepTally } from "./site.ts";
import { lookAt, notMet, runStep } from "./step.ts";
import type { Stop } from "./stop.ts";

export interface WalkOptions {
  readonly steps: readonly Step[];
  readonly context: Context;
  /** Filled while the steps run. */
  readonly results: Results;
  readonly stop: Stop;
  readonly sink: Sink;
  /** Resolves while this run holds the cluster's lock. */
  readonly held: () => Promise<void>;
}

/** Runs the steps of one run, each as soon as the steps it needs are done. */
export class Walk {
  readonly #options: WalkOptions;
  readonly #outcomes = new Map<Step, Promise<Outcome>>();
  readonly #groups = new Map<Group, Promise<boolean>>();
  /** Of the steps that are running. */
  readonly #sites = new Map<Step, Site>();
  /** By host: the resources that a plan would have changed so far. */
  readonly #pending: ReadonlyMap<string, Set<string>>;
  readonly #neededBy: ReturnType<typeof neededBy>;
  readonly #phases: ReturnType<typeof phaseEvents>;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#pending = new Map(options.context.hosts.map((host) => [host.name, new Set<string>()]));
    this.#neededBy = neededBy(options.steps);
    this.#phases = phaseEvents(options.steps, options.sink);
  }

  /** Resolves when all steps have ended. Never rejects: failures are in the results. */
  async run(): Promise<void> {
    for (const step of this.#options.steps) this.#outcomes.set(step, this.#step(step));
    await Promise.all(this.#outcomes.values());
  }

  /** The steps that are running now. */
  running(): Running[] {
    return [...this.#sites.values()].map(({ step, tally }) => ({
      ...placeOf(step),
      ...(tally.changing !== undefined && { resource: tally.changing }),
    }));
  }

  async #step(step: Step): Promise<Outcome> {
    let ready = true;
    for (const group of step.after) ready = (await this.#succeeded(group)) && ready;
    this.#phases.started(step);
    const startedAt = performance.now();
    const tally: StepTally = { changed: 0, unchanged: 0 };
    const start = ready && !this.#options.stop.requested();
    const outcome = start ? await this.#attempt(step, tally) : this.#cancelled(step);
    this.#ended(step, outcome, tally, Math.round(performance.now() - startedAt));
    return outcome;
  }

  /** Whether all steps of a group succeeded: one promise per group, shared by all steps that wait for it. */
  #succeeded(group: Group): Promise<boolean> {
    const known =
      this.#groups.get(group) ??
      Promise.all(group.flatMap((step) => this.#outcomes.get(step) ?? [])).then((outcomes) =>
        outcomes.every((each) => each === "ok"),
      );
    this.#groups.set(group, known);
    return known;
  }

  #cancelled(step: Step): Outcome {
    const { stop, results } = this.#options;
    if (stop.requested()) results.unfinished.push({ ...placeOf(step), begun: false });
    return "cancelled";
  }

  async #attempt(step: Step, tally: StepTally): Promise<Outcome> {
    const { context, sink, stop, held } = this.#options;
    sink({ type: "step.start", at: Date.now(), ...placeOf(step) });
    const site = siteOf(step, context, tally, { sink, abort: stop.abort, stop: stop.either, held });
    this.#sites.set(step, site);
    try {
      await this.#work(step, site);
      return "ok";
    } catch (error) {
      return this.#failed(step, tally, error);
    } finally {
      this.#sites.delete(step);
    }
  }

  async #work(step: Step, site: Site): Promise<void> {
    const pending = this.#pending.get(step.host.name) ?? new Set();
    if (!step.lookedAt) return runStep(site, pending);
    const missing = await lookAt(site, pending);
    if (missing.length === 0) return;
    const needing = [...(this.#neededBy.get(step) ?? [])];
    if (site.context.mode === "apply") throw notMet(site, needing, missing);
    this.#options.results.unmet++;
    site.emit({ type: "need.unmet", neededBy: needing, missing });
  }

  #failed(step: Step, { during }: StepTally, error: unknown): Outcome {
    const { stop, results, sink } = this.#options;
    if (stop.caused(error)) {
      results.unfinished.push({ ...placeOf(step), begun: true });
      return "cancelled";
    }
    results.failures.push(error);
    const errors = errorRecords(error);
    sink({ type: "step.fail", at: Date.now(), ...placeOf(step), ...(during && { during }), errors });
    return "failed";
  }

  #ended(step: Step, outcome: Outcome, { changed, unchanged }: StepTally, ms: number): void {
    const { sink, results } = this.#options;
    results.total.changed += changed;
    results.total.unchanged += unchanged;
    sink({ type: "step.end", at: Date.now(), ...placeOf(step), outcome, ms, changed, unchanged });
    this.#phases.ended(step, outcome);
  }
}

function placeOf({ phase, host }: Step): { phase: string; host: string } {
  return { phase: phase.name, host: host.name };
}
