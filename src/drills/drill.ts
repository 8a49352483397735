import { withLock } from "../engine/cluster-lock.ts";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { interruptible } from "../remote/interruptible.ts";
import { now } from "./clock.ts";
import { refuseUnlessHealthy } from "./cluster-health.ts";
import { type Environment, type EnvironmentOptions, withEnvironment } from "./environment.ts";
import type { DrillSink, ScenarioOutcome } from "./events.ts";
import { type Participants, participantsOf } from "./participants.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Power } from "./setup.ts";

export interface DrillOptions {
  /** In the order in which they run; the same scenario may occur several times. */
  readonly scenarios: readonly Scenario[];
  readonly power?: Power | undefined;
  readonly sink: DrillSink;
  /** Ctrl-C: what is broken is restored before the drill ends. */
  readonly signal: AbortSignal;
  /** The command line, for the lock: it is shown to anyone who finds the lock held. */
  readonly command: string;
  readonly breakLock?: string | undefined;
}

/**
 * Runs scenarios one at a time: breaks one thing, measures the outage that clients see, and restores it.
 * @returns the worst outcome of all scenarios
 * @throws TripodError E_REFUSED where the cluster is not healthy or a probe fails before anything is broken; E_LOCKED; E_INTERRUPTED where
 * it was stopped while nothing was broken: otherwise it ends with `cancelled`
 */
export async function drill(cluster: Cluster, hosts: readonly Host[], options: DrillOptions): Promise<ScenarioOutcome> {
  const { command, breakLock } = options;
  if (cluster.masters.length < 3)
    throw new TripodError("E_REFUSED", "a cluster with one master cannot fail over; nothing was changed", {
      hint: "use a cluster with three masters: with a single one every scenario is a full outage",
    });
  const participants = participantsOf(cluster, hosts);
  const lock = { cluster: cluster.name, command, ...(breakLock && { breakLock }) };
  return interruptible(options.signal, (signal) =>
    withLock(participants.masters, lock, () => inEnvironment(cluster, participants, { ...options, signal })),
  );
}

/** Controllers whose watches are stuck (see `serviceNoticed`) recover within this time, ms. For a change it is worth waiting. */
const CONTROLLERS_WITHIN = 630_000;

/** What is done to the cluster while `measureChange` measures. */
export interface MeasuredChange {
  /** `prod-next.yaml is applied`, as a heading and within a sentence. */
  readonly title: string;
  readonly what: string;
  /** Makes the change. Has to take the cluster's lock itself where it writes. */
  readonly work: () => Promise<void>;
}

/**
 * Measures the outage that clients see while the cluster is changed. It runs like a scenario, but the change is not undone.
 * @returns `failed` where the work failed, or the cluster did not serve its clients afterwards
 * @throws TripodError E_REFUSED where the cluster is not healthy or a probe fails before the change; E_INTERRUPTED where it was stopped
 * before the work began: otherwise it ends with `cancelled`
 */
export async function measureChange(
  cluster: Cluster,
  hosts: readonly Host[],
  { title, what, work }: MeasuredChange,
  options: Pick<DrillOptions, "sink" | "signal">,
): Promise<ScenarioOutcome> {
  const begin = () => interruptible(options.signal, work);
  const change: Scenario = {
    name: "change",
    title,
    usual: false,
    lasts: [0, 0],
    stays: true,
    prepare: () => Promise.resolve({ what, victims: [], begin, end: () => Promise.resolve() }),
  };
  const participants = participantsOf(cluster, hosts);
  return interruptible(options.signal, (signal) =>
    inEnvironment(cluster, participants, { ...options, signal, scenarios: [change], patience: CONTROLLERS_WITHIN }),
  );
}

async function inEnvironment(
  cluster: Cluster,
  participants: Participants,
  {
    scenarios,
    ...options
  }: Pick<DrillOptions, "scenarios" | "power" | "sink" | "signal"> & Pick<EnvironmentOptions, "patience">,
): Promise<ScenarioOutcome> {
  const startedAt = now();
  const status = await refuseUnlessHealthy(cluster, participants.hosts, options.signal);
  const names = scenarios.map(({ name }) => name);
  return withEnvironment(cluster, participants, { ...options, scenarios: names, status }, async (environment) => {
    const outcome = await runScenarios(scenarios, environment);
    options.sink({ type: "drill.end", at: now(), outcome, ms: now() - startedAt });
    return outcome;
  });
}

/** Ends as soon as the cluster has not recovered: the next scenario would be measured on an unhealthy one. */
async function runScenarios(scenarios: readonly Scenario[], environment: Environment): Promise<ScenarioOutcome> {
  let worst: ScenarioOutcome = "ok";
  let number = 0;
  for (const scenario of scenarios) {
    if (environment.signal.aborted) return "cancelled";
    const outcome = await runScenario(scenario, number + 1, environment);
    if (outcome === undefined) continue;
    number++;
    if (outcome === "failed" || outcome === "cancelled") return outcome;
    if (outcome === "breach") worst = outcome;
  }
  return worst;
}
