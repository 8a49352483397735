import { setMaxListeners } from "node:events";
import type { Writable } from "node:stream";
import { TripodError } from "../errors.ts";
import { FINISHING } from "../ui/screen.ts";

type Interruption = "SIGINT" | "SIGTERM";

interface SignalSource {
  on(signal: Interruption, listener: (signal: Interruption) => void): unknown;
}

export interface Interrupts {
  /** Aborted by the first Ctrl-C (or SIGTERM): what is being changed is brought to its end and nothing new begins. */
  readonly signal: AbortSignal;
  /** Until the returned function is called, interrupts go there and mean nothing here: a question, or a process of its own, has them. */
  readonly handOver: (to: (signal: Interruption) => void) => () => void;
}

/** The second Ctrl-C calls `abortAtOnce`. Both are safe, because the next run reads everything again. */
export function listenForInterrupts(process: SignalSource, stderr: Writable, abortAtOnce: () => void): Interrupts {
  const controller = new AbortController();
  // Everything that goes on listens to it, on every host: that many are no leak.
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
        hint: "run the same command again; it goes on from where it is",
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
