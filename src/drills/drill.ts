import { withLock } from "../engine/lock.ts";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { interruptible } from "../remote/interruptible.ts";
import { now } from "./clock.ts";
import type { Scenario } from "./scenario.ts";
import type { Power } from "./setup.ts";
import type { DrillSink, ScenarioOutcome } from "./events.ts";
import { runScenario } from "./run-scenario.ts";
import { type Environment, type EnvironmentOptions, withEnvironment } from "./environment.ts";
import { type Participants, participantsOf } from "./participants.ts";
import { refuseUnlessHealthy } from "./cluster-health.ts";

export interface DrillOptions {
  /** In the order in which they are played; one may be in it several times. */
  readonly scenarios: readonly Scenario[];
  readonly power?: Power | undefined;
  readonly sink: DrillSink;
  /** Ctrl-C: what is broken is put right before the drill ends. */
  readonly signal: AbortSignal;
  /** For the lock, and whoever meets it. */
  readonly command: string;
  readonly breakLock?: string | undefined;
}

/**
 * Breaks one thing after the other, measures what clients feel, and puts everything back.
 * @returns the worst that came of a scenario
 * @throws TripodError E_REFUSED where the cluster is not healthy to begin with or a probe cannot pass; E_LOCKED; E_INTERRUPTED where it was
 * stopped while nothing was broken: else it ends with `cancelled`
 */
export async function drill(cluster: Cluster, hosts: readonly Host[], options: DrillOptions): Promise<ScenarioOutcome> {
  const { command, breakLock } = options;
  if (cluster.masters.length < 3)
    throw new TripodError("E_REFUSED", "a cluster with one master has nothing to fail over to; nothing was touched", {
      hint: "name three masters: whatever a drill did to a single one would be an outage by itself",
    });
  const participants = participantsOf(cluster, hosts);
  const lock = { cluster: cluster.name, command, ...(breakLock && { breakLock }) };
  return interruptible(options.signal, (signal) =>
    withLock(participants.masters, lock, () => inEnvironment(cluster, participants, { ...options, signal })),
  );
}

/** Controllers that are blind (see `serviceNoticed`) see again after so long, ms: a change is worth the wait. */
const BLIND = 630_000;

/** What `measureChange` says of what is done to the cluster meanwhile. */
export interface MeasuredChange {
  /** `prod-next.yaml is applied`; as a heading, and in a sentence. */
  readonly title: string;
  readonly what: string;
  /** Does it, and takes the cluster's lock where it writes. */
  readonly work: () => Promise<void>;
}

/**
 * Measures what clients feel while the cluster is changed: the same as a scenario, but for what is done, and that it stays.
 * @returns `failed` where the work failed, or clients were not served as before when it was done
 * @throws TripodError E_REFUSED where the cluster is not healthy to begin with or a probe cannot pass; E_INTERRUPTED where it was stopped
 * before the work began: else it ends with `cancelled`
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
    inEnvironment(cluster, participants, { ...options, signal, scenarios: [change], patience: BLIND }),
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

/** Ends where the cluster is not as it was: what comes next would be measured on a sick one. */
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
