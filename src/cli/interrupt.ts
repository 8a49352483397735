import { setMaxListeners } from "node:events";
import type { Writable } from "node:stream";
import { TripodError } from "../errors.ts";
import { FINISHING } from "../ui/screen.ts";

type Interruption = "SIGINT" | "SIGTERM";

interface SignalSource {
  on(signal: Interruption, listener: (signal: Interruption) => void): unknown;
}

export interface Interrupts {
  /** Aborted by the first Ctrl-C (or SIGTERM): changes that have begun are finished, and nothing new begins. */
  readonly signal: AbortSignal;
  /** Passes interrupts to a question or a child process, instead of aborting, until the returned function is called. */
  readonly handOver: (to: (signal: Interruption) => void) => () => void;
}

/** The second Ctrl-C calls `abortAtOnce`. Both are safe, because the next run reads every host again. */
export function listenForInterrupts(process: SignalSource, stderr: Writable, abortAtOnce: () => void): Interrupts {
  const controller = new AbortController();
  // Every operation on every host adds a listener: many listeners are not a leak here.
  setMaxListeners(0, controller.signal);
  let elsewhere: ((signal: Interruption) => void) | undefined;
  const interrupt = (signal: Interruption) => {
    if (elsewhere) {
      elsewhere(signal);
      return;
    }
    if (controller.signal.aborted) {
      abortAtOnce();
      return;
    }
    stderr.write(`${FINISHING}\n`);
    controller.abort(
      new TripodError("E_INTERRUPTED", "stopped", {
        hint: "run the same command again to continue",
      }),
    );
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    handOver(to) {
      elsewhere = to;
      return () => (elsewhere = undefined);
    },
  };
}
