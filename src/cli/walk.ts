import type { RunEvent } from "../engine/events.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { Mode } from "../phases/phase.ts";
import type { Io } from "./io.ts";

/** Walks the phases with a screen before it and a record behind it, and ends with what took the time. */
export async function walkOnScreen(cluster: Cluster, io: Io, options: { mode: Mode; json?: boolean }): Promise<void> {
  const [{ bootstrap }, { screenFor }, { recordRun }, { reportOf }, { reportText }] = await Promise.all([
    import("../bootstrap.ts"),
    import("../ui/index.ts"),
    import("../record.ts"),
    import("../report/report.ts"),
    import("../report/text.ts"),
  ]);
  const { mode, json = false } = options;
  const screen = screenFor(io, { json, mode });
  const record = recordRun(cluster.name, mode, io.env);
  const events: RunEvent[] = [];
  const sink = (event: RunEvent) => {
    events.push(event);
    record.sink(event);
    screen.sink(event);
  };
  try {
    await bootstrap(cluster, { mode, sink, signal: io.signal });
  } finally {
    await screen.finish();
    const gap = record.close();
    if (gap) io.stderr.write(`warning: ${gap.explain()}\n`);
    const report = reportOf(events);
    if (report && mode === "apply" && !json) io.stdout.write(`${reportText(report)}\n`);
  }
}
