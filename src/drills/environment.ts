import { setMaxListeners } from "node:events";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { readKubeconfig } from "../kubeconfig.ts";
import type { Condition } from "../resources/condition.ts";
import { until } from "../resources/until.ts";
import type { Status } from "../status.ts";
import { apiThrough } from "./api.ts";
import { dialFromHost } from "./client.ts";
import { every, now } from "./clock.ts";
import { apiCredentials, etcdCredentials } from "./credentials.ts";
import type { Power, Setup } from "./setup.ts";
import type { DrillEvent, DrillSink, LedgerResult, ProbeInfo } from "./events.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { observeEtcd, observeVip } from "./observers.ts";
import { NO_SCENARIO, type Environment, waitFor } from "./run-scenario.ts";
import { apiEndpoint, type Probe, probesFor, runProbe } from "./probes.ts";
import { createRecorder } from "./recorder.ts";
import { type Participants, findVipHolder, findEtcdLeader } from "./participants.ts";
import { readVersions } from "./versions.ts";
import { openWatch } from "./watch.ts";
import { dropNamespace, makeNamespace, makeWorkload, serviceNoticed, workloadReady } from "./workload.ts";

export interface EnvironmentOptions {
  readonly scenarios: readonly string[];
  readonly power?: Power | undefined;
  readonly status: Status;
  readonly sink: DrillSink;
  readonly signal: AbortSignal;
  /** How long the controllers may take to notice the drill's Service, ms. */
  readonly patience?: number;
}

/**
 * Probes have to be answered for so long before anything is broken, and get so much time to begin, ms. Where the VIP's holder has just died,
 * a node learns of a new Service only when its kube-proxy finds that its watch is dead: client-go asks after 30 s and waits 15 s for an answer.
 */
const PROOF = 2000;
const PROOF_WITHIN = 60_000;
/** What is refused, and what to do. */
type Refusal = readonly [what: string, hint: string];
const UNPROVEN: Refusal = ["a probe cannot pass", "what a drill measures has to work before it: mend that first"];
const BLIND: Refusal = [
  "the controller manager does not notice a new Service",
  "after an etcd member was stopped, that of Kubernetes 1.20 can be blind for ten minutes: wait, or restart its leader",
];
/** For those who wait for a cluster to come back, ms. */
const RETURN = 120_000;
/** Ctrl-C does not end what finds out whether anything was lost. */
const NEVER = new AbortController().signal;

/**
 * Makes the drill's workload and ledger, lets all probes ask and all observers look for as long as `work` takes, and takes everything
 * away again.
 * @throws TripodError E_REFUSED where a probe cannot pass
 */
export async function withEnvironment<T>(
  cluster: Cluster,
  participants: Participants,
  { scenarios, power, status, sink: told, signal, patience = 60_000 }: EnvironmentOptions,
  work: (environment: Environment) => Promise<T>,
): Promise<T> {
  const startedAt = now();
  const { masters, workers, probeHost, client } = participants;
  const tls = apiCredentials(await readKubeconfig(masters, cluster));
  const etcdTls = await etcdCredentials(masters);
  const endpoint = apiEndpoint({ cluster, tls }, client.dial);
  const api = apiThrough(endpoint);
  const namespace = `tripod-drill-${startedAt.toString(36)}`;
  await makeNamespace(api, namespace);
  try {
    const service = await makeWorkload(api, namespace, cluster);
    const ledger = openLedger(namespace, endpoint, api);
    const probes = probesFor({
      cluster,
      namespace,
      tls,
      ledger,
      service,
      client,
      probeHost: probeHost && {
        name: probeHost.name,
        address: probeHost.machine.address,
        dial: dialFromHost(probeHost.connection),
      },
    });
    const watching: ProbeInfo = {
      id: `watch@${client.name}`,
      name: "watch",
      title: "watch through the VIP",
      from: client.name,
    };
    const infos = [...probes.map(infoOf), watching];
    const events: DrillEvent[] = [];
    const sink: DrillSink = (event) => {
      events.push(event);
      told(event);
    };
    const { interval, timeout, limits } = cluster.drill;
    sink({
      type: "drill.start",
      at: startedAt,
      cluster: cluster.name,
      masters: masters.map(({ name }) => name),
      workers: workers.map(({ name }) => name),
      vip: cluster.loadBalancer.vip,
      versions: masters[0] ? await readVersions(masters[0], status) : {},
      probes: infos,
      interval,
      timeout,
      limits,
      scenarios,
    });

    await waitFor(workloadReady(api, namespace), NO_SCENARIO, sink, signal);
    await refusedUnless(serviceNoticed(api, namespace, patience), BLIND, sink, signal);

    const over = new AbortController();
    // Every probe and observer listens to it; that many are no leak.
    setMaxListeners(0, over.signal);
    const pace = { interval, timeout, signal: over.signal };
    const recorder = createRecorder(infos, sink);
    const watch = openWatch({ namespace, endpoint, ...pace, tell: (...said) => recorder.record(watching.id, ...said) });
    ledger.acknowledged = watch.expect;
    const vip = observeVip(masters, cluster.loadBalancer.vip, sink, over.signal);
    const stopped = Promise.all([
      ...probes.map((probe) => runProbe(probe, pace, (...said) => recorder.record(probe.id, ...said))),
      watch.over,
      vip.over,
      observeEtcd(masters, etcdTls, sink, over.signal),
      every(1000, over.signal, () => recorder.flush()),
    ]);
    stopped.catch(() => undefined);

    const audit = async (scenario: number) => {
      await settled(ledger.settled(scenario, watch.seen, 5 * timeout));
      return audited(ledger, scenario, watch.seen);
    };
    const written = recorder.servedFor(PROOF, RETURN, ({ name }) => name === "apiWrite");
    const setup: Setup = {
      ...participants,
      cluster,
      power,
      holder: () => findVipHolder(participants, cluster.loadBalancer.vip, signal),
      etcdLeader: () => findEtcdLeader(participants, signal),
      workloadWithout: (machines) => workloadReady(api, namespace, machines),
      async nothingLost() {
        await until({ ...written, title: "writes are acknowledged again" }, { signal: NEVER });
        mustBeThere(await audited(ledger, ledger.currentScenario(), watch.seen));
      },
    };
    try {
      await refusedUnless(recorder.servedFor(PROOF, PROOF_WITHIN), UNPROVEN, sink, signal, () =>
        recorder.unanswered(PROOF),
      );
      return await work({ setup, recorder, ledger, audit, poweredOff: vip.poweredOff, sink, events, signal });
    } finally {
      over.abort();
      await stopped;
    }
  } finally {
    await dropNamespace(api, namespace).catch(() => undefined);
  }
}

function infoOf({ id, name, title, from }: Probe): ProbeInfo {
  return { id, name, title, from };
}

/** @throws TripodError E_REFUSED with what the condition said last, or with all that is wrong */
async function refusedUnless(
  condition: Condition,
  [what, hint]: Refusal,
  sink: DrillSink,
  signal: AbortSignal,
  wrong?: () => readonly string[],
): Promise<void> {
  try {
    await waitFor(condition, NO_SCENARIO, sink, signal);
  } catch (error) {
    if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
    const why = wrong?.().join("\n") || error.details.why;
    throw new TripodError("E_REFUSED", `${what}; nothing was broken`, { why, hint, cause: error });
  }
}

/** What is not told by then is what the audit is about. */
async function settled(condition: Condition): Promise<void> {
  await until(condition, { signal: NEVER }).catch((error: unknown) => {
    if (!(error instanceof TripodError && error.code === "E_DEADLINE")) throw error;
  });
}

/** An API server that is slow for a moment is asked again. */
async function audited(ledger: Ledger, scenario: number, seen: ReadonlySet<number>): Promise<LedgerResult> {
  const results: LedgerResult[] = [];
  const holds = async () => results.push(await ledger.audit(scenario, seen)) > 0 || "nothing was found out";
  await until({ title: "the ledger is read through", within: RETURN, holds }, { signal: NEVER });
  return results[0] as LedgerResult;
}

function mustBeThere({ lost }: LedgerResult): void {
  if (lost.length === 0) return;
  throw new TripodError("E_NOT_CONVERGED", `${lost.length} acknowledged writes are lost`, {
    why: `numbers ${lost.slice(0, 20).join(", ")}${lost.length > 20 ? " …" : ""}`,
    hint: "this is loss of data: keep the etcd data directories of all members before anything else is done",
  });
}
