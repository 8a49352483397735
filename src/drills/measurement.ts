import { setMaxListeners } from "node:events";
import type { SecureContext } from "node:tls";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Destination } from "./client.ts";
import { every } from "./clock.ts";
import type { DrillSink, ProbeInfo } from "./events.ts";
import type { Ledger } from "./ledger.ts";
import { observeEtcd, observeVip } from "./observers.ts";
import { type Probe, runProbe } from "./probes.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { openWatch } from "./watch.ts";

/** All that measures while scenarios run: the probes, the watch, and the observers of the VIP and of etcd. */
export interface Measurement {
  readonly recorder: Recorder;
  /** Numbers of the writes that the watch has reported. */
  readonly seen: ReadonlySet<number>;
  /** This machine was switched off: it does not hold the VIP, whatever it reported last. */
  readonly poweredOff: (name: string) => void;
  readonly stop: () => Promise<void>;
}

export interface MeasurementOptions {
  readonly cluster: Cluster;
  readonly masters: readonly Host[];
  readonly probes: readonly Probe[];
  /** The watch counts as a probe, but is one long request instead of many short ones. */
  readonly watchInfo: ProbeInfo;
  readonly namespace: string;
  readonly endpoint: Destination;
  readonly ledger: Ledger;
  readonly etcdTls: SecureContext;
  readonly sink: DrillSink;
}

export function startMeasurement(options: MeasurementOptions): Measurement {
  const { cluster, masters, probes, watchInfo, namespace, endpoint, ledger, etcdTls, sink } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every probe and observer adds a listener: so many are not a leak.
  setMaxListeners(0, signal);
  const { interval, timeout } = cluster.drill;
  const pace = { interval, timeout, signal };
  const recorder = createRecorder([...probes, watchInfo].map(infoOf), sink);
  const watch = openWatch({
    namespace,
    endpoint,
    ...pace,
    report: (...sample) => recorder.record(watchInfo.id, ...sample),
  });
  ledger.acknowledged = watch.expect;
  const vip = observeVip(masters, cluster.loadBalancer.vip, sink, signal);
  const stopped = Promise.all([
    ...probes.map((probe) => runProbe(probe, pace, (...sample) => recorder.record(probe.id, ...sample))),
    watch.over,
    vip.over,
    observeEtcd(masters, etcdTls, sink, signal),
    every(1000, signal, () => recorder.flush()),
  ]);
  stopped.catch(() => undefined);
  return {
    recorder,
    seen: watch.seen,
    poweredOff: vip.poweredOff,
    async stop() {
      stopping.abort();
      await stopped;
    },
  };
}

/** What the report has to know of a probe. */
export function infoOf({ id, name, title, from }: ProbeInfo): ProbeInfo {
  return { id, name, title, from };
}
