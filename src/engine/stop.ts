import { setMaxListeners } from "node:events";

/** The two ways to end a run early. */
export interface StopSignals {
  /** When aborted, changes in progress are completed, and nothing new starts. */
  readonly signal: AbortSignal;
  /** When aborted, the run does not wait for changes in progress either. Default: never. */
  readonly abort?: AbortSignal;
}

/** The same, as a run uses them. */
export interface Stop extends Required<StopSignals> {
  /** Aborted with the first of both. */
  readonly either: AbortSignal;
  requested(): boolean;
  /** Whether an error is a consequence of one of the signals. */
  caused(error: unknown): boolean;
}

export function stopBy({ signal, abort = new AbortController().signal }: StopSignals): Stop {
  const either = AbortSignal.any([signal, abort]);
  // Every step may listen to it: many listeners are no leak.
  setMaxListeners(0, either);
  return {
    signal,
    abort,
    either,
    requested: () => signal.aborted || abort.aborted,
    caused: (error) => isCausedBy(error, signal) || isCausedBy(error, abort),
  };
}

/** Whether an error is the reason of that signal, or is caused by it. */
export function isCausedBy(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.cause === reason));
}
