import { type ErrorCode, type Origin, TripodError, TripodErrors } from "../errors.ts";
import type { Mode, Need } from "../phases/phase.ts";
import type { Change } from "../resources/resource.ts";

/** The types that events use: a screen or a report imports nothing below them. */
export type { Change, Mode };

export interface PhaseSummary {
  readonly name: string;
  readonly title: string;
  /** Names of the hosts the phase runs on. */
  readonly hosts: readonly string[];
  readonly needs: readonly Need[];
}

/** A step that was running when the run was asked to stop. */
export interface Running {
  readonly phase: string;
  readonly host: string;
  /** The resource that is being changed. */
  readonly resource?: string;
}

/** An error as events carry it: plain, redacted, serialisable. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly host?: string;
  readonly origin?: Origin;
  readonly why?: string;
  readonly hint?: string;
}

/** How a step, a phase or a run ended; cancelled: it was not started, or was stopped. */
export type Outcome = "ok" | "failed" | "cancelled";

interface At {
  /** ms since the epoch */
  readonly at: number;
}
interface InStep extends At {
  readonly phase: string;
  readonly host: string;
}

/**
 * Everything that happens in a run. Screens, plans and reports are folds over these. A *step* is one phase on one host.
 * All values are JSON, except the `secret` of a change, which is serialised as `***`; no other secret is in an event.
 */
export type RunEvent =
  | (At & {
      readonly type: "run.start";
      readonly mode: Mode;
      readonly cluster: string;
      readonly phases: readonly PhaseSummary[];
      /** What exists but is not in the inventory, one sentence each. */
      readonly notices?: readonly string[];
      /** Of a narrowed run: names of the phases and hosts that are skipped completely. */
      readonly leftOut?: { readonly phases: readonly string[]; readonly hosts: readonly string[] };
    })
  | (At & { readonly type: "phase.start"; readonly phase: string })
  | (InStep & { readonly type: "step.start" })
  | (InStep & { readonly type: "resource.ok"; readonly resource: string })
  /** The resource differs. In an apply, `resource.applied` follows, or the step fails. */
  | (InStep & { readonly type: "resource.change"; readonly resource: string; readonly changes: readonly Change[] })
  | (InStep & { readonly type: "resource.applied"; readonly resource: string; readonly ms: number })
  /**
   * Of a narrowed plan: this step was left out, but the phases in `neededBy` need it, and some of its resources differ. An apply
   * would stop here.
   */
  | (InStep & {
      readonly type: "need.unmet";
      readonly neededBy: readonly string[];
      readonly missing: readonly string[];
    })
  /** What a long apply is currently doing, in a few words. */
  | (InStep & { readonly type: "progress"; readonly text: string })
  | (InStep & {
      readonly type: "condition.waiting";
      readonly condition: string;
      readonly reason: string;
      readonly ms: number;
    })
  | (InStep & { readonly type: "condition.met"; readonly condition: string; readonly ms: number })
  /** Why a step failed; `during` names the resource or the condition, if there is one. */
  | (InStep & { readonly type: "step.fail"; readonly during?: string; readonly errors: readonly ErrorRecord[] })
  /** A problem that does not stop the step. */
  | (InStep & { readonly type: "step.warning"; readonly problem: ErrorRecord })
  /** One remote command of this step, for the critical path. */
  | (InStep & { readonly type: "command"; readonly ms: number; readonly code: number | undefined })
  | (InStep & {
      readonly type: "step.end";
      readonly outcome: Outcome;
      readonly ms: number;
      readonly changed: number;
      readonly unchanged: number;
    })
  | (At & {
      readonly type: "phase.end";
      readonly phase: string;
      readonly outcome: Outcome;
      readonly ms: number;
    })
  /** Asked to stop: nothing new starts; running changes (`resource`) and reads are completed. */
  | (At & { readonly type: "run.stopping"; readonly running: readonly Running[] })
  | (At & {
      readonly type: "run.end";
      readonly outcome: Outcome;
      readonly ms: number;
      readonly changed: number;
      readonly unchanged: number;
      /** Commands that were sent to each host and answered, as its connection counted them. */
      readonly roundTrips: Readonly<Record<string, number>>;
    });

export type Sink = (event: RunEvent) => void;

/** A failure as plain data, one record per error. An error that is not a TripodError is a bug; only its message is kept. */
export function errorRecords(failure: unknown): ErrorRecord[] {
  return failure instanceof TripodErrors ? failure.errors.map(errorRecord) : [errorRecord(failure)];
}

export function errorRecord(error: unknown): ErrorRecord {
  if (!(error instanceof TripodError))
    return { code: "E_INTERNAL", message: error instanceof Error ? error.message : String(error) };
  const { host, origin, why, hint } = error.details;
  return {
    code: error.code,
    message: error.message,
    ...(host && { host }),
    ...(origin && { origin }),
    ...(why && { why }),
    ...(hint && { hint }),
  };
}
