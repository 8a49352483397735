import { errorRecords } from "../engine/events.ts";
import { isCausedBy } from "../engine/stop.ts";
import { TripodError } from "../errors.ts";
import type { Condition } from "../condition.ts";
import { now } from "./clock.ts";
import { recoveryConditions } from "./cluster-health.ts";
import type { Environment } from "./environment.ts";
import type { DrillEvent, ScenarioOutcome } from "./events.ts";
import { type Disruption, type Scenario, undoneAfter } from "./scenario.ts";
import type { Setup } from "./setup.ts";
import { verdictOf } from "./verdict.ts";
import { NO_SCENARIO, waitFor } from "./wait.ts";

/** Before and after a disruption all probes have to be answered for this long, ms. */
const CALM = 2000;
const CALM_WITHIN = 30_000;

/**
 * Runs one scenario, from its baseline to the moment at which the cluster has recovered.
 * @param number counts from 1, in the order in which they run
 * @returns undefined where it was skipped
 */
export async function runScenario(
  scenario: Scenario,
  number: number,
  environment: Environment,
): Promise<ScenarioOutcome | undefined> {
  const { setup, sink } = environment;
  const { name, title } = scenario;
  const disruption = await scenario.prepare(setup, undoneAfter(scenario));
  if (typeof disruption === "string") {
    sink({ type: "scenario.skip", at: now(), name, title, reason: disruption });
    return undefined;
  }
  sink(startEvent(scenario, number, disruption, setup));
  return new ScenarioRun(scenario, number, disruption, environment).run();
}

function startEvent(scenario: Scenario, number: number, { what, victims }: Disruption, { cluster }: Setup): DrillEvent {
  const { name, title, limits = {}, stops = false, divides = false, stays } = scenario;
  return {
    type: "scenario.start",
    at: now(),
    scenario: number,
    name,
    title,
    what,
    victims: victims.map((victim) => victim.name),
    limits: { ...limits, ...(name !== "change" && cluster.drill.scenarios[name]) },
    stops,
    divides,
    ...(stays && { stays }),
    undoneAfter: undoneAfter(scenario),
  };
}

/** A scenario that runs, with what failed in it so far. */
class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #number: number;
  readonly #disruption: Disruption;
  readonly #environment: Environment;
  readonly #errors: unknown[] = [];
  /** What is broken is restored even after Ctrl-C: only a second one leaves it to the timer on the host and to the watchdog. */
  readonly #uninterrupted = new AbortController().signal;

  constructor(scenario: Scenario, number: number, disruption: Disruption, environment: Environment) {
    this.#scenario = scenario;
    this.#number = number;
    this.#disruption = disruption;
    this.#environment = environment;
  }

  async run(): Promise<ScenarioOutcome> {
    const { ledger, recorder, signal } = this.#environment;
    ledger.startScenario(this.#number);
    await this.#attempt(async () => {
      await this.#wait(recorder.servedFor(CALM, CALM_WITHIN), signal);
      await this.#disrupt();
    });
    // What is written from here on is not audited: the watch would always be a write behind, and a second while the VIP moves.
    ledger.startScenario(NO_SCENARIO);
    if (this.#errors.length === 0) await this.#attempt(() => this.#audit());
    recorder.flush();
    return this.#end();
  }

  /** Begins the disruption, waits, and restores, whatever fails meanwhile. */
  async #disrupt(): Promise<void> {
    this.#emit("disrupt");
    try {
      await this.#disruption.begin();
      const { powersOff, victims } = this.#disruption;
      if (powersOff) for (const victim of victims) this.#environment.poweredOff(victim.name);
      this.#emit("disrupted");
      await this.#last();
    } finally {
      await this.#restore();
    }
  }

  /**
   * Waits until what has to happen meanwhile has happened and clients are served again; never longer than the scenario's maximum, because
   * soon after that the hosts undo it by themselves.
   */
  async #last(): Promise<void> {
    const { recorder, signal, setup } = this.#environment;
    const [atLeast, atMost] = this.#scenario.lasts;
    const shortest: Condition = {
      title: `the disruption lasts ${atLeast / 1000} s`,
      within: atMost,
      holds: after(atLeast),
    };
    const end = now() + atMost;
    const left = () => Math.max(0, end - now());
    for (const condition of this.#scenario.meanwhile?.(setup, this.#disruption) ?? [])
      await this.#wait({ ...condition, within: left() }, signal);
    await this.#wait(shortest, signal);
    if (atMost === atLeast) return;
    // Clients that are not served are what is measured, but no reason to leave the cluster broken for longer.
    await this.#wait(recorder.servedFor(CALM, left()), signal).catch((error: unknown) => {
      if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
    });
  }

  /** Undoes the disruption, unless it is meant to stay, and waits until the cluster has recovered. */
  async #restore(): Promise<void> {
    const { setup, recorder } = this.#environment;
    const { stays = false } = this.#scenario;
    if (!stays) this.#emit("restore");
    if (!(await this.#attempt(() => this.#disruption.end(this.#uninterrupted)))) return;
    const restoredAt = now();
    this.#emit("restored", restoredAt);
    for (const condition of recoveryConditions(setup, this.#disruption, restoredAt, stays))
      if (!(await this.#attempt(() => this.#wait(condition)))) return;
    await this.#attempt(() => this.#wait(setup.workloadWithout([])));
    await this.#attempt(() => this.#wait(recorder.servedFor(CALM, 2 * CALM_WITHIN)));
  }

  async #audit(): Promise<void> {
    const { audit, sink } = this.#environment;
    const result = await audit(this.#number);
    sink({ type: "ledger", at: now(), scenario: this.#number, result });
  }

  #end(): ScenarioOutcome {
    const { sink, events } = this.#environment;
    const { breaches } = verdictOf(events, this.#number);
    const outcome = this.#outcome(breaches);
    const errors = this.#errors.flatMap(errorRecords);
    sink({ type: "scenario.end", at: now(), scenario: this.#number, outcome, breaches, errors });
    return outcome;
  }

  #outcome(breaches: readonly string[]): ScenarioOutcome {
    if (this.#errors.length > 0) return "failed";
    if (this.#environment.signal.aborted) return "cancelled";
    return breaches.length > 0 ? "breach" : "ok";
  }

  /** Collects an error, unless Ctrl-C caused it. @returns whether the work succeeded */
  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isCausedBy(error, this.#environment.signal)) this.#errors.push(error);
      return false;
    }
  }

  #wait(condition: Condition, signal: AbortSignal = this.#uninterrupted): Promise<void> {
    return waitFor(condition, this.#number, this.#environment.sink, signal);
  }

  #emit(type: "disrupt" | "disrupted" | "restore" | "restored", at = now()): void {
    this.#environment.sink({ type, at, scenario: this.#number });
  }
}

function after(ms: number): Condition["holds"] {
  const end = now() + ms;
  return () => Promise.resolve(now() >= end || "not over yet");
}
