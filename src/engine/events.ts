import { type ErrorCode, type Origin, TripodError, TripodErrors } from "../errors.ts";
import type { Mode, Need } from "../phases/phase.ts";
import type { Change } from "../resources/resource.ts";

export interface PhaseSummary {
  readonly name: string;
  readonly title: string;
  /** Names of the hosts the phase runs on. */
  readonly hosts: readonly string[];
  readonly needs: readonly Need[];
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
 * All values are JSON; secrets never get here.
 */
export type RunEvent =
  | (At & {
      readonly type: "run.start";
      readonly mode: Mode;
      readonly cluster: string;
      readonly phases: readonly PhaseSummary[];
    })
  | (At & { readonly type: "phase.start"; readonly phase: string })
  | (InStep & { readonly type: "step.start" })
  | (InStep & { readonly type: "resource.ok"; readonly resource: string })
  /** The resource differs. In a plan that is all; in an apply `resource.applied` or `resource.fail` follows. */
  | (InStep & { readonly type: "resource.change"; readonly resource: string; readonly changes: readonly Change[] })
  | (InStep & { readonly type: "resource.applied"; readonly resource: string; readonly ms: number })
  | (InStep & { readonly type: "resource.fail"; readonly resource: string; readonly error: ErrorRecord })
  /** What a long apply is doing right now, in a few words. */
  | (InStep & { readonly type: "progress"; readonly text: string })
  | (InStep & {
      readonly type: "condition.waiting";
      readonly condition: string;
      readonly reason: string;
      readonly ms: number;
    })
  | (InStep & { readonly type: "condition.met"; readonly condition: string; readonly ms: number })
  | (InStep & { readonly type: "condition.fail"; readonly condition: string; readonly error: ErrorRecord })
  /** One remote command of this step, for the critical path. */
  | (InStep & { readonly type: "command"; readonly ms: number; readonly code: number | undefined })
  | (InStep & {
      readonly type: "step.end";
      readonly outcome: "ok" | "failed" | "cancelled";
      readonly ms: number;
      readonly changed: number;
      readonly unchanged: number;
    })
  | (At & {
      readonly type: "phase.end";
      readonly phase: string;
      readonly outcome: "ok" | "failed" | "cancelled";
      readonly ms: number;
    })
  | (At & {
      readonly type: "run.end";
      readonly outcome: "ok" | "failed" | "cancelled";
      readonly ms: number;
      readonly changed: number;
      readonly unchanged: number;
    });

export type Sink = (event: RunEvent) => void;

/** An error as plain data. What is not one of ours is a bug and keeps its message only. */
export function errorRecord(error: unknown): ErrorRecord {
  const first = error instanceof TripodErrors ? error.errors[0] : error;
  if (!(first instanceof TripodError))
    return { code: "E_INTERNAL", message: first instanceof Error ? first.message : String(first) };
  const { host, origin, why, hint } = first.details;
  return {
    code: first.code,
    message: first.message,
    ...(host && { host }),
    ...(origin && { origin }),
    ...(why && { why }),
    ...(hint && { hint }),
  };
}
