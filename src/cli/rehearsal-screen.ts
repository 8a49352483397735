import { basename } from "node:path";
import type { RehearsalEvent } from "../rehearsal/events.ts";
import { rehearse, type RehearsalRun } from "../rehearsal/rehearse.ts";
import type { Io } from "./io.ts";

/**
 * Runs a rehearsal and records it.
 * @param done is called with all events and the record's id when the rehearsal has ended, whether it passed or failed
 * @throws what failed
 */
export async function rehearseOnScreen(
  options: Omit<RehearsalRun, "sink" | "signal">,
  io: Io,
  done: (events: readonly RehearsalEvent[], id: string) => Promise<void>,
): Promise<void> {
  const { recordRun } = await import("../record.ts");
  const record = recordRun(options.setting.cluster, "rehearse", io.env);
  const events: RehearsalEvent[] = [];
  const sink = (event: RehearsalEvent) => {
    events.push(event);
    record.sink(event);
  };
  try {
    await rehearse({ ...options, sink, signal: io.signal });
  } finally {
    const gap = record.close();
    if (gap) io.stderr.write(`warning: ${gap.explain()}\n`);
    await done(events, basename(record.path, ".jsonl"));
  }
}
