import type { SecureContext } from "node:tls";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { readKubeconfig } from "../kubeconfig.ts";
import type { Condition } from "../condition.ts";
import type { Status } from "../status.ts";
import { type Api, apiThrough } from "./api.ts";
import { Audit } from "./audit.ts";
import { dialFromHost, type Destination } from "./client.ts";
import { now } from "./clock.ts";
import { apiCredentials, etcdCredentials } from "./credentials.ts";
import type { DrillEvent, DrillSink, LedgerResult, ProbeInfo } from "./events.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { infoOf, type Measurement, startMeasurement } from "./measurement.ts";
import { findEtcdLeader, findVipHolder, type Participants } from "./participants.ts";
import { apiEndpoint, type Probe, probesFor } from "./probes.ts";
import type { Recorder } from "./recorder.ts";
import type { Power, Setup } from "./setup.ts";
import { readVersions } from "./versions.ts";
import { NO_SCENARIO, waitFor } from "./wait.ts";
import { dropNamespace, makeNamespace, makeWorkload, serviceNoticed, workloadReady } from "./workload.ts";

/** What scenarios run in: probes send requests, the ledger is written, hosts are observed. */
export interface Environment {
  readonly setup: Setup;
  readonly recorder: Recorder;
  readonly ledger: Ledger;
  /** Searches for everything that a scenario wrote. */
  readonly audit: (scenario: number) => Promise<LedgerResult>;
  /** Machines that were switched off hold no VIP, whatever they reported last. */
  readonly poweredOff: (name: string) => void;
  readonly sink: DrillSink;
  /** Everything emitted so far. */
  readonly events: readonly DrillEvent[];
  /** Ctrl-C: what is broken is restored before anything ends. */
  readonly signal: AbortSignal;
}

export interface EnvironmentOptions {
  /** Names, in the order in which they run. */
  readonly scenarios: readonly string[];
  readonly power?: Power | undefined;
  readonly status: Status;
  readonly sink: DrillSink;
  readonly signal: AbortSignal;
  /** How long the controllers may take to notice the drill's Service, ms. */
  readonly patience?: number;
}

/** How the drill reaches the cluster, and where it keeps its objects. */
interface Access {
  readonly startedAt: number;
  readonly tls: SecureContext;
  readonly etcdTls: SecureContext;
  readonly endpoint: Destination;
  readonly api: Api;
  readonly namespace: string;
}

/**
 * Before anything is broken, all probes have to be answered for PROOF ms, within PROOF_WITHIN ms. Where the VIP holder has just died, a node
 * learns of a new Service only when its kube-proxy finds that its watch is dead: client-go checks after 30 s and waits 15 s for an answer.
 */
const PROOF = 2000;
const PROOF_WITHIN = 60_000;
/** For writes to be acknowledged again after the quorum was lost, ms. */
const WRITES_WITHIN = 120_000;
/** Why a drill is refused, and the hint. */
type Refusal = readonly [what: string, hint: string];
const FAILING: Refusal = [
  "a probe fails",
  "repair that first: everything that a drill measures has to work before it begins",
];
const NO_ENDPOINTS: Refusal = [
  "the controller manager does not create endpoints for a new Service",
  "wait ten minutes, or restart the leading kube-controller-manager: the watches of Kubernetes 1.20 can be stuck for that long after an etcd member was stopped",
];

/**
 * Creates the drill's workload and ledger, runs all probes and observers for as long as `work` takes, and removes everything again.
 * @throws TripodError E_REFUSED where a probe fails
 */
export async function withEnvironment<T>(
  cluster: Cluster,
  participants: Participants,
  options: EnvironmentOptions,
  work: (environment: Environment) => Promise<T>,
): Promise<T> {
  const access = await openAccess(cluster, participants);
  const { api, namespace } = access;
  await makeNamespace(api, namespace);
  try {
    return await inNamespace(cluster, participants, access, options, work);
  } finally {
    await dropNamespace(api, namespace).catch(() => undefined);
  }
}

async function openAccess(cluster: Cluster, { masters, client }: Participants): Promise<Access> {
  const startedAt = now();
  const tls = apiCredentials(await readKubeconfig(masters, cluster));
  const etcdTls = await etcdCredentials(masters, cluster);
  const endpoint = apiEndpoint({ cluster, tls }, client.dial);
  const namespace = `tripod-drill-${startedAt.toString(36)}`;
  return { startedAt, tls, etcdTls, endpoint, api: apiThrough(endpoint), namespace };
}

async function inNamespace<T>(
  cluster: Cluster,
  participants: Participants,
  access: Access,
  options: EnvironmentOptions,
  work: (environment: Environment) => Promise<T>,
): Promise<T> {
  const { signal, patience = 60_000 } = options;
  const { endpoint, api, namespace, etcdTls } = access;
  const events: DrillEvent[] = [];
  const sink: DrillSink = (event) => {
    events.push(event);
    options.sink(event);
  };
  const ledger = openLedger(namespace, endpoint, api);
  const probes = await makeProbes(cluster, participants, access, ledger);
  const watchInfo = watchInfoOf(participants);
  sink(await startEvent(cluster, participants, access, options, [...probes, watchInfo].map(infoOf)));

  await waitFor(workloadReady(api, namespace), NO_SCENARIO, sink, signal);
  await refuseUnless(serviceNoticed(api, namespace, patience), NO_ENDPOINTS, sink, signal);

  const { masters } = participants;
  const parts = { cluster, masters, probes, watchInfo, namespace, endpoint, ledger, etcdTls, sink };
  const measurement = startMeasurement(parts);
  const { recorder, seen, poweredOff } = measurement;
  const audit = new Audit(ledger, seen);
  const setup = setupOf(cluster, participants, access, options, measurement, audit);
  try {
    await refuseUnless(recorder.servedFor(PROOF, PROOF_WITHIN), FAILING, sink, signal, () =>
      recorder.unanswered(PROOF),
    );
    return await work({
      setup,
      recorder,
      ledger,
      audit: (scenario) => audit.afterScenario(scenario, 5 * cluster.drill.timeout),
      poweredOff,
      sink,
      events,
      signal,
    });
  } finally {
    await measurement.stop();
  }
}

/** Creates the workload too, because some of the probes send their requests to it. */
async function makeProbes(
  cluster: Cluster,
  { client, probeHost }: Participants,
  { api, namespace, tls }: Access,
  ledger: Ledger,
): Promise<Probe[]> {
  return probesFor({
    cluster,
    namespace,
    tls,
    ledger,
    service: await makeWorkload(api, namespace, cluster),
    client,
    probeHost: probeHost && {
      name: probeHost.name,
      address: probeHost.machine.address,
      dial: dialFromHost(probeHost.connection),
    },
  });
}

function watchInfoOf({ client: { name } }: Participants): ProbeInfo {
  return { id: `watch@${name}`, name: "watch", title: "watch through the VIP", from: name };
}

async function startEvent(
  { name: cluster, loadBalancer: { vip }, drill: { interval, timeout, limits } }: Cluster,
  { masters, workers }: Participants,
  { startedAt }: Access,
  { scenarios, status }: EnvironmentOptions,
  probes: readonly ProbeInfo[],
): Promise<DrillEvent> {
  return {
    type: "drill.start",
    at: startedAt,
    cluster,
    masters: masters.map(({ name }) => name),
    workers: workers.map(({ name }) => name),
    vip,
    versions: masters[0] ? await readVersions(masters[0], status) : {},
    probes,
    interval,
    timeout,
    limits,
    scenarios,
  };
}

function setupOf(
  cluster: Cluster,
  participants: Participants,
  { api, namespace }: Access,
  { power, signal }: EnvironmentOptions,
  { recorder }: Measurement,
  audit: Audit,
): Setup {
  const written = recorder.servedFor(PROOF, WRITES_WITHIN, ({ name }) => name === "apiWrite");
  return {
    ...participants,
    cluster,
    power,
    holder: () => findVipHolder(participants, cluster.loadBalancer.vip, signal),
    etcdLeader: () => findEtcdLeader(participants, signal),
    workloadWithout: (machines) => workloadReady(api, namespace, machines),
    nothingLost: () => audit.nothingLost({ ...written, title: "writes are acknowledged again" }),
  };
}

/** @throws TripodError E_REFUSED with the last reason of the condition, or with everything that is wrong */
async function refuseUnless(
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
