import { errorRecords } from "../engine/events.ts";
import { cutOff } from "../engine/stopped.ts";
import { TripodError } from "../errors.ts";
import type { Condition } from "../condition.ts";
import { until } from "../until.ts";
import { now } from "./clock.ts";
import { type Disruption, type Scenario, type Stage, undoneAfter } from "./drill.ts";
import type { DrillEvent, DrillSink, LedgerResult, ScenarioOutcome } from "./events.ts";
import type { Ledger } from "./ledger.ts";
import type { Recorder } from "./recorder.ts";
import { verdictOf } from "./verdict.ts";
import { wholeAgain } from "./whole.ts";

/** What is going on while scenarios are played: probes ask, the ledger is written, hosts are watched. */
export interface Scene {
  readonly stage: Stage;
  readonly recorder: Recorder;
  readonly ledger: Ledger;
  /** Looks for everything that a scenario wrote. */
  readonly audit: (scenario: number) => Promise<LedgerResult>;
  /** Machines that were switched off hold no VIP, whatever was last heard of them. */
  readonly gone: (name: string) => void;
  readonly sink: DrillSink;
  /** Everything told so far. */
  readonly events: readonly DrillEvent[];
  /** Ctrl-C: what is broken is put right before anything ends. */
  readonly signal: AbortSignal;
}

/** No scenario's number: what is told, and written, while none is played. */
export const OUTSIDE = 0;

/** Before a scenario and after it, ms: who is served for so long counts as served. */
const CALM = 2000;
const CALM_WITHIN = 30_000;

/**
 * One scenario from its base line to the moment at which everything is as it was.
 * @returns undefined where it was left out
 */
export async function play(scenario: Scenario, number: number, scene: Scene): Promise<ScenarioOutcome | undefined> {
  const { stage, recorder, ledger, sink, signal } = scene;
  const { name, title, limits = {}, stops = false, divides = false, stays } = scenario;

  const deadline = undoneAfter(scenario);
  const disruption = await scenario.prepare(stage, deadline);
  if (typeof disruption === "string") {
    sink({ type: "scenario.skip", at: now(), name, title, reason: disruption });
    return undefined;
  }
  sink({
    type: "scenario.start",
    at: now(),
    scenario: number,
    name,
    title,
    what: disruption.what,
    victims: disruption.victims.map((victim) => victim.name),
    limits: { ...limits, ...(name !== "change" && stage.cluster.drill.scenarios[name]) },
    stops,
    divides,
    ...(stays && { stays }),
    undoneAfter: deadline,
  });
  ledger.turnTo(number);

  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!cutOff(error, signal)) errors.push(error);
      return false;
    }
  };

  await attempt(async () => {
    await waitFor(recorder.steady(CALM, CALM_WITHIN), number, sink, signal);
    sink({ type: "disrupt", at: now(), scenario: number });
    try {
      await disruption.begin();
      if (disruption.dark) for (const victim of disruption.victims) scene.gone(victim.name);
      sink({ type: "disrupted", at: now(), scenario: number });
      await lasting(scenario, disruption, scene, number);
    } finally {
      await putRight(disruption, number, scene, attempt, stays);
    }
  });
  // What is written from here on is not asked about: the watch would always be a write behind, and a second where the VIP moves just now.
  ledger.turnTo(OUTSIDE);
  if (errors.length === 0)
    await attempt(async () => {
      const result = await scene.audit(number);
      sink({ type: "ledger", at: now(), scenario: number, result });
    });
  recorder.flush();
  const { breaches } = verdictOf(scene.events, number);
  const outcome = outcomeOf(errors, breaches, signal);
  const records = errors.flatMap(errorRecords);
  sink({ type: "scenario.end", at: now(), scenario: number, outcome, breaches, errors: records });
  return outcome;
}

function outcomeOf(errors: readonly unknown[], breaches: readonly string[], signal: AbortSignal): ScenarioOutcome {
  if (errors.length > 0) return "failed";
  if (signal.aborted) return "cancelled";
  return breaches.length > 0 ? "breach" : "ok";
}

/**
 * Until what has to happen meanwhile has happened and clients are served again; never longer than a scenario lasts at most, because soon
 * after that the hosts undo it by themselves.
 */
async function lasting(scenario: Scenario, disruption: Disruption, scene: Scene, number: number): Promise<void> {
  const { recorder, sink, signal, stage } = scene;
  const [atLeast, atMost] = scenario.lasts;
  const shortest: Condition = { title: `it lasts ${atLeast / 1000} s`, within: atMost, holds: after(atLeast) };
  const end = now() + atMost;
  const left = () => Math.max(0, end - now());
  for (const condition of scenario.meanwhile?.(stage, disruption) ?? [])
    await waitFor({ ...condition, within: left() }, number, sink, signal);
  await waitFor(shortest, number, sink, signal);
  if (atMost === atLeast) return;
  const served = recorder.steady(CALM, left());
  // That they are not is what is measured; it is no reason to leave the cluster broken for longer.
  await waitFor(served, number, sink, signal).catch((error: unknown) => {
    if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
  });
}

function after(ms: number): Condition["holds"] {
  const end = now() + ms;
  return () => Promise.resolve(now() >= end || "not over yet");
}

/** Undoes what does not stay, and waits until everything is as it was; not to be interrupted but by leaving it to the dead man's switch. */
async function putRight(
  disruption: Disruption,
  number: number,
  { stage, recorder, sink }: Scene,
  attempt: (work: () => Promise<unknown>) => Promise<boolean>,
  stays = false,
): Promise<void> {
  const { signal } = new AbortController();
  if (!stays) sink({ type: "restore", at: now(), scenario: number });
  if (!(await attempt(() => disruption.end(signal)))) return;
  const restoredAt = now();
  sink({ type: "restored", at: restoredAt, scenario: number });
  for (const condition of wholeAgain(stage, disruption, restoredAt, stays))
    if (!(await attempt(() => waitFor(condition, number, sink, signal)))) return;
  await attempt(() => waitFor(stage.workloadWithout([]), number, sink, signal));
  await attempt(() => waitFor(recorder.steady(CALM, 2 * CALM_WITHIN), number, sink, signal));
}

/** Waits, and tells what for. @param scenario OUTSIDE where none is played */
export async function waitFor(
  condition: Condition,
  scenario: number,
  sink: DrillSink,
  signal: AbortSignal,
): Promise<void> {
  const { title } = condition;
  const waiting = (reason: string, ms: number) =>
    sink({ type: "condition.waiting", at: now(), scenario, condition: title, reason, ms: Math.round(ms) });
  const ms = await until(condition, { signal, waiting });
  sink({ type: "condition.met", at: now(), scenario, condition: title, ms: Math.round(ms) });
}
