import type { Writable } from "node:stream";
import { TripodError } from "../errors.ts";
import { FINISHING } from "../ui/screen.ts";

interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

/**
 * The first Ctrl-C (or SIGTERM) aborts the returned signal: what runs is finished and nothing new begins. The second calls
 * `abortAtOnce`. Both are safe, because the next run reads everything again.
 */
export function listenForInterrupts(process: SignalSource, stderr: Writable, abortAtOnce: () => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
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
  return controller.signal;
}
