import { type ErrorCode, type Origin, TripodError, TripodErrors } from "../errors.ts";
import type { Mode, Need } from "../phases/phase.ts";
import type { Change } from "../resources/resource.ts";

/** What events are made of: a screen or a report needs to know nothing below them. */
export type { Change, Mode };

export interface PhaseSummary {
  readonly name: string;
  readonly title: string;
  /** Names of the hosts the phase runs on. */
  readonly hosts: readonly string[];
  readonly needs: readonly Need[];
}

/** A step that was under way when a run was asked to stop. */
export interface Running {
  readonly phase: string;
  readonly host: string;
  /** The resource that is being changed. */
  readonly resource?: string;
}

/** An error as it is put into events: plain, redacted, serialisable. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly host?: string;
  readonly origin?: Origin;
  readonly why?: string;
  readonly hint?: string;
}

/** How a step, a phase or a run ended; cancelled: it was not begun, or was stopped. */
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
 * All values are JSON, but for the `secret` of a
 * change, which writes itself as `***`; other secrets never get here.
 */
export type RunEvent =
  | (At & {
      readonly type: "run.start";
      readonly mode: Mode;
      readonly cluster: string;
      readonly phases: readonly PhaseSummary[];
      /** What is there and not in the inventory, one sentence each. */
      readonly notices?: readonly string[];
      /** Of a narrowed run: names of the phases and hosts of which nothing is done. */
      readonly leftOut?: { readonly phases: readonly string[]; readonly hosts: readonly string[] };
    })
  | (At & { readonly type: "phase.start"; readonly phase: string })
  | (InStep & { readonly type: "step.start" })
  | (InStep & { readonly type: "resource.ok"; readonly resource: string })
  /** The resource differs. In a plan that is all; in an apply `resource.applied` follows, or the step fails. */
  | (InStep & { readonly type: "resource.change"; readonly resource: string; readonly changes: readonly Change[] })
  | (InStep & { readonly type: "resource.applied"; readonly resource: string; readonly ms: number })
  /**
   * Of a narrowed plan: this step was left out, but `neededBy` (phases) need it, and not all of it is as it should be. An apply
   * would refuse to go on there.
   */
  | (InStep & {
      readonly type: "need.unmet";
      readonly neededBy: readonly string[];
      readonly missing: readonly string[];
    })
  /** What a long apply is doing right now, in a few words. */
  | (InStep & { readonly type: "progress"; readonly text: string })
  | (InStep & {
      readonly type: "condition.waiting";
      readonly condition: string;
      readonly reason: string;
      readonly ms: number;
    })
  | (InStep & { readonly type: "condition.met"; readonly condition: string; readonly ms: number })
  /** Why a step ends as failed; `during` names the resource or the condition where it was one. */
  | (InStep & { readonly type: "step.fail"; readonly during?: string; readonly errors: readonly ErrorRecord[] })
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
  /** Asked to stop: nothing new begins, and what is being changed (`resource`) or only read is brought to its end. */
  | (At & { readonly type: "run.stopping"; readonly running: readonly Running[] })
  | (At & {
      readonly type: "run.end";
      readonly outcome: Outcome;
      readonly ms: number;
      readonly changed: number;
      readonly unchanged: number;
      /** Commands that each host was sent and answered, as its connection counted them. */
      readonly roundTrips: Readonly<Record<string, number>>;
    });

export type Sink = (event: RunEvent) => void;

/** A failure as plain data, one record an error. What is not one of ours is a bug and keeps its message only. */
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
