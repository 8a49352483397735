import type { ErrorRecord } from "../engine/events.ts";
import type { LimitName } from "../inventory/sections/drill.ts";

export type ProbeName = Exclude<LimitName, "twoHolders">;

/** ms; the longest outage that is allowed, from the first request that failed to the end of its tail. */
export type Limits = Readonly<Record<LimitName, number>>;

export interface ProbeInfo {
  /** `apiRead@operator`, `apiRead@w1`: unique in a drill. */
  readonly id: string;
  readonly name: ProbeName;
  /** `read of a namespace through the VIP` */
  readonly title: string;
  /** `operator`, or the name of the machine whose connections these are. */
  readonly from: string;
}

/** What the cluster is, for the report: `{ kubernetes: "v1.20.2", etcd: "3.4.23", keepalived: "2.2.7", … }`. */
export type Versions = Readonly<Record<string, string>>;

/**
 * One attempt: when it began (ms after its event's `at`), how long it took (ms), and why it failed: `refused`, `timeout`, `reset`,
 * `unreachable`, `503` … `null` where it was answered as it should be.
 */
export type Sample = readonly [offset: number, ms: number, error: string | null];

/** How a scenario ended: within its limits, beyond them, or so that something was not as before. */
export type ScenarioOutcome = "ok" | "breach" | "failed" | "cancelled";

interface At {
  /** ms since the epoch */
  readonly at: number;
}
interface InScenario extends At {
  /** Counts from 1, in the order in which they were run; 0 is outside of them: what is waited for before the first. */
  readonly scenario: number;
}

/** Every acknowledged write, looked for after the cluster was whole again. All numbers are the running numbers of writes. */
export interface LedgerResult {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Not acknowledged, and yet there: allowed, a client has to expect it. */
  readonly unacknowledgedThere: number;
  /** Acknowledged, and not there. There may be none, ever. */
  readonly lost: readonly number[];
  /** Began after an earlier one was acknowledged, and yet older than it. There may be none either. */
  readonly outOfOrder: readonly number[];
  /** Acknowledged, and never told by the watch. */
  readonly unseen: readonly number[];
}

/** What is drilled, and how it is measured. */
export interface DrillSetting {
  readonly cluster: string;
  /** Names, in the inventory's order. */
  readonly masters: readonly string[];
  readonly workers: readonly string[];
  readonly vip: string;
  readonly versions: Versions;
  readonly probes: readonly ProbeInfo[];
  /** ms between two attempts of a probe, and after which an attempt has failed. */
  readonly interval: number;
  readonly timeout: number;
  readonly limits: Limits;
}

/** Everything that happens in a drill; its report is a fold over these. All values are JSON. */
export type DrillEvent =
  | (At &
      DrillSetting & {
        readonly type: "drill.start";
        /** Names of the scenarios that are to be run, in their order; one that is run three times is in it three times. */
        readonly scenarios: readonly string[];
      })
  /** Attempts that ended since the probe's last event; not in the order in which they began. */
  | (At & { readonly type: "probe.samples"; readonly probe: string; readonly samples: readonly Sample[] })
  /** A master took the VIP, or gave it up; one that was switched off has given it up. */
  | (At & { readonly type: "vip"; readonly host: string; readonly held: boolean })
  /** What an etcd member says of itself, whenever that is something else than before; `leader`: the master it follows. */
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
      /** What is done to whom: `power of m1 cut`. */
      readonly what: string;
      readonly victims: readonly string[];
      /** Limits of this scenario alone, over the drill's. */
      readonly limits: Partial<Limits>;
      /** Reads and writes are meant to stop: their outages are measured and judged by nobody. */
      readonly stops: boolean;
      /** The disruption divides the masters: while it lasts two may hold the VIP. */
      readonly divides: boolean;
      /** A change that is meant to stay: it is restored by nobody, and `restored` is the moment at which it was made. */
      readonly stays?: true;
      /** After which the hosts put it right by themselves, ms after `disrupt`. */
      readonly undoneAfter: number;
    })
  /** The disruption is about to be made, is there, is about to be undone, is undone. */
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
      /** Sentences: `read of a namespace through the VIP (operator): out for 2.6 s, allowed are 2 s`. */
      readonly breaches: readonly string[];
      readonly errors: readonly ErrorRecord[];
    })
  | (At & { readonly type: "drill.end"; readonly outcome: ScenarioOutcome; readonly ms: number });

export type DrillSink = (event: DrillEvent) => void;
