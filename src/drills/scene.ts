import { setMaxListeners } from "node:events";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { readKubeconfig } from "../kubeconfig.ts";
import type { Condition } from "../condition.ts";
import { until } from "../until.ts";
import type { Status } from "../status.ts";
import { apiThrough } from "./api.ts";
import { fromHost } from "./client.ts";
import { beat, now } from "./clock.ts";
import { apiCredentials, etcdCredentials } from "./credentials.ts";
import type { Power, Stage } from "./drill.ts";
import type { DrillEvent, DrillSink, LedgerResult, ProbeInfo } from "./events.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { observeEtcd, observeVip } from "./observe.ts";
import { OUTSIDE, type Scene, waitFor } from "./play.ts";
import { apiDoor, type Probe, probesFor, repeat } from "./probes/probe.ts";
import { recorder as newRecorder } from "./recorder.ts";
import { type Cast, theHolder, theLeader } from "./stage.ts";
import { readVersions } from "./versions.ts";
import { openWatch } from "./watch.ts";
import { dropNamespace, makeNamespace, makeWorkload, serviceNoticed, workloadReady } from "./workload.ts";

export interface SceneOptions {
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
export async function withScene<T>(
  cluster: Cluster,
  cast: Cast,
  { scenarios, power, status, sink: told, signal, patience = 60_000 }: SceneOptions,
  work: (scene: Scene) => Promise<T>,
): Promise<T> {
  const startedAt = now();
  const { masters, workers, bystander, client } = cast;
  const tls = apiCredentials(await readKubeconfig(masters, cluster));
  const etcdTls = await etcdCredentials(masters);
  const door = apiDoor({ cluster, tls }, client.dial);
  const api = apiThrough(door);
  const namespace = `tripod-drill-${startedAt.toString(36)}`;
  await makeNamespace(api, namespace);
  try {
    const service = await makeWorkload(api, namespace, cluster);
    const ledger = openLedger(namespace, door, api);
    const probes = probesFor({
      cluster,
      namespace,
      tls,
      ledger,
      service,
      client,
      bystander: bystander && {
        name: bystander.name,
        address: bystander.machine.address,
        dial: fromHost(bystander.connection),
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

    await waitFor(workloadReady(api, namespace), OUTSIDE, sink, signal);
    await refusedUnless(serviceNoticed(api, namespace, patience), BLIND, sink, signal);

    const over = new AbortController();
    // Every probe and observer listens to it; that many are no leak.
    setMaxListeners(0, over.signal);
    const pace = { interval, timeout, signal: over.signal };
    const recorder = newRecorder(infos, sink);
    const watch = openWatch({ namespace, door, ...pace, tell: (...said) => recorder.tell(watching.id, ...said) });
    ledger.acknowledged = watch.expect;
    const vip = observeVip(masters, cluster.loadBalancer.vip, sink, over.signal);
    const stopped = Promise.all([
      ...probes.map((probe) => repeat(probe, pace, (...said) => recorder.tell(probe.id, ...said))),
      watch.over,
      vip.over,
      observeEtcd(masters, etcdTls, sink, over.signal),
      beat(1000, over.signal, () => recorder.flush()),
    ]);
    stopped.catch(() => undefined);

    const audit = async (scenario: number) => {
      await settled(ledger.settled(scenario, watch.seen, 5 * timeout));
      return audited(ledger, scenario, watch.seen);
    };
    const written = recorder.steady(PROOF, RETURN, ({ name }) => name === "apiWrite");
    const stage: Stage = {
      ...cast,
      cluster,
      power,
      holder: () => theHolder(cast, cluster.loadBalancer.vip, signal),
      etcdLeader: () => theLeader(cast, signal),
      workloadWithout: (machines) => workloadReady(api, namespace, machines),
      async nothingLost() {
        await until({ ...written, title: "writes are acknowledged again" }, { signal: NEVER });
        mustBeThere(await audited(ledger, ledger.current(), watch.seen));
      },
    };
    try {
      await refusedUnless(recorder.steady(PROOF, PROOF_WITHIN), UNPROVEN, sink, signal, () =>
        recorder.unanswered(PROOF),
      );
      return await work({ stage, recorder, ledger, audit, gone: vip.gone, sink, events, signal });
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
    await waitFor(condition, OUTSIDE, sink, signal);
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
