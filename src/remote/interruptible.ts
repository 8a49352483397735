import { setMaxListeners } from "node:events";
import { TripodError } from "../errors.ts";

/** One for each signal, so that what is nested knows its own reason in what fails around it. */
const known = new WeakMap<AbortSignal, AbortSignal>();

/** Follows a caller's signal. Whatever reason that is aborted with, its own is a TripodError: everything below throws that. */
function followed(signal: AbortSignal): AbortSignal {
  const follower = known.get(signal);
  if (follower) return follower;
  const own = new AbortController();
  // Every host listens to it, and every command there: that many are no leak.
  setMaxListeners(0, own.signal);
  const follow = () => own.abort(interruption(signal.reason));
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  known.set(signal, own.signal);
  // What follows nothing that can be aborted is followed by itself.
  known.set(own.signal, own.signal);
  return own.signal;
}

function interruption(reason: unknown): TripodError {
  if (reason instanceof TripodError && reason.code === "E_INTERRUPTED") return reason;
  return new TripodError("E_INTERRUPTED", "stopped", {
    hint: "run the same again; it continues where it stopped",
    cause: reason,
  });
}

/**
 * For everything that a program is given with an AbortSignal: what the abort itself makes fail, fails with a TripodError.
 * @param work is given a signal that follows the caller's; not begun where that was aborted before
 * @throws TripodError E_INTERRUPTED, with the signal's reason as its cause; whatever else `work` throws
 */
export async function interruptible<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = followed(signal);
  own.throwIfAborted();
  try {
    return await work(own);
  } catch (error) {
    throw isAbort(error, signal) ? (own.reason as Error) : error;
  }
}

/** Node's own functions, and fetch, throw an AbortError, or the reason. */
export function isAbort(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.name === "AbortError"));
}
