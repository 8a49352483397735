import type { ErrorRecord } from "../engine/events.ts";
import type { LimitName } from "../inventory/sections/drill.ts";

export type ProbeName = Exclude<LimitName, "twoHolders">;

/** ms; the longest outage that is allowed, its partial part included. */
export type Limits = Readonly<Record<LimitName, number>>;

export interface ProbeInfo {
  /** `apiRead@operator`, `apiRead@w1`: unique in a drill. */
  readonly id: string;
  readonly name: ProbeName;
  /** `read through the VIP` */
  readonly title: string;
  /** `operator`, or the name of the machine that the requests come from. */
  readonly from: string;
}

/** Versions of the cluster's parts, for the report: `{ kubernetes: "v1.20.2", etcd: "3.4.23", keepalived: "2.2.7", … }`. */
export type Versions = Readonly<Record<string, string>>;

/**
 * One attempt: when it began (ms after its event's `at`), how long it took (ms), and why it failed: `refused`, `timeout`, `reset`,
 * `unreachable`, `503` … `null` where it succeeded.
 */
export type Sample = readonly [offset: number, ms: number, error: string | null];

/** How a scenario ended: within its limits (`ok`), beyond them (`breach`), without recovery (`failed`), or after Ctrl-C. */
export type ScenarioOutcome = "ok" | "breach" | "failed" | "cancelled";

interface At {
  /** ms since the epoch */
  readonly at: number;
}
interface InScenario extends At {
  /** Counts from 1, in the order in which they ran; 0: no scenario, for instance what Tripod waits for before the first. */
  readonly scenario: number;
}

/** What became of every write, checked after the cluster has recovered. All numbers are the running numbers of writes. */
export interface LedgerResult {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Not acknowledged, but present: allowed, a client has to expect it. */
  readonly unacknowledgedThere: number;
  /** Acknowledged, but not present: always a breach. */
  readonly lost: readonly number[];
  /** Sent after another one was acknowledged, but with a lower revision: always a breach. */
  readonly outOfOrder: readonly number[];
  /** Acknowledged, but never reported by the watch. */
  readonly unseen: readonly number[];
}

/** The cluster, and how it is measured. */
export interface DrillSetting {
  readonly cluster: string;
  /** Names, in the inventory's order. */
  readonly masters: readonly string[];
  readonly workers: readonly string[];
  readonly vip: string;
  readonly versions: Versions;
  readonly probes: readonly ProbeInfo[];
  /** ms between two attempts of a probe, and ms after which an attempt has failed. */
  readonly interval: number;
  readonly timeout: number;
  readonly limits: Limits;
}

/** Everything that happens in a drill; its report is computed from these. All values are JSON. */
export type DrillEvent =
  | (At &
      DrillSetting & {
        readonly type: "drill.start";
        /** Names of the scenarios in the order in which they run; one that runs three times occurs three times. */
        readonly scenarios: readonly string[];
      })
  /** Attempts that ended since the probe's last event, not necessarily in the order in which they began. */
  | (At & { readonly type: "probe.samples"; readonly probe: string; readonly samples: readonly Sample[] })
  /** A master took the VIP, or released it; one that was switched off has released it. */
  | (At & { readonly type: "vip"; readonly host: string; readonly held: boolean })
  /** The status of an etcd member, whenever it has changed; `leader`: the master that it follows. */
  | (At & {
      readonly type: "etcd";
      readonly host: string;
      readonly healthy: boolean;
      readonly leader?: string;
      readonly term?: number;
    })
  | (At & { readonly type: "scenario.skip"; readonly name: string; readonly title: string; readonly reason: string })
  | (InScenario & {
      readonly type: "scenario.start";
      readonly name: string;
      readonly title: string;
      /** The disruption and its victim: `power of m1 cut`. */
      readonly what: string;
      readonly victims: readonly string[];
      /** Limits of this scenario; they override the drill's. */
      readonly limits: Partial<Limits>;
      /** Reads and writes are expected to stop: their outages are measured, but not judged. */
      readonly stops: boolean;
      /** The disruption divides the masters: while it lasts two may hold the VIP. */
      readonly divides: boolean;
      /** A change that is not undone: `restored` is the moment at which it was complete. */
      readonly stays?: true;
      /** The hosts undo it by themselves this long after `disrupt`, ms. */
      readonly undoneAfter: number;
    })
  /** The disruption begins, is in force, begins to be undone, is undone. */
  | (InScenario & { readonly type: "disrupt" | "disrupted" | "restore" | "restored" })
  | (InScenario & {
      readonly type: "condition.waiting";
      readonly condition: string;
      readonly reason: string;
      readonly ms: number;
    })
  | (InScenario & { readonly type: "condition.met"; readonly condition: string; readonly ms: number })
  | (InScenario & { readonly type: "ledger"; readonly result: LedgerResult })
  | (InScenario & {
      readonly type: "scenario.end";
      readonly outcome: ScenarioOutcome;
      /** Sentences: `read through the VIP (operator): outage of 2.6 s, limit 2 s`. */
      readonly breaches: readonly string[];
      readonly errors: readonly ErrorRecord[];
    })
  | (At & { readonly type: "drill.end"; readonly outcome: ScenarioOutcome; readonly ms: number });

export type DrillSink = (event: DrillEvent) => void;
