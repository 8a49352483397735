import type { BootstrapOptions } from "../bootstrap.ts";
import type { RunEvent } from "../engine/events.ts";
import type { RunSummary } from "../engine/run.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { hanging } from "../printable.ts";
import type { Io } from "./io.ts";

export interface WalkCommandOptions extends Pick<BootstrapOptions, "mode" | "only" | "command" | "breakLock"> {
  readonly json?: boolean;
  /** Show the text of files that others may not read; the record never contains it. */
  readonly showSecrets?: boolean;
  /** Is called with the path of the walk's record. */
  readonly recorded?: (path: string) => void;
}

export interface Walked extends RunSummary {
  /** How many hosts differed. */
  readonly hosts: number;
}

/** Connects to all machines for as long as `work` takes. */
export async function onHosts(
  cluster: Cluster,
  io: Io,
  work: (hosts: readonly Host[]) => Promise<void>,
): Promise<void> {
  const { withSession } = await import("../session.ts");
  await withSession(cluster, { signal: io.signal }, work);
}

/** Walks the phases, shows and records them, and prints a summary; after an apply also what took the time. */
export async function walkOnScreen(
  cluster: Cluster,
  hosts: readonly Host[],
  io: Io,
  { json = false, showSecrets = false, recorded, ...options }: WalkCommandOptions,
): Promise<Walked> {
  const [{ walkPhases }, { screenFor }, { recordRun }] = await Promise.all([
    import("../bootstrap.ts"),
    import("../ui/index.ts"),
    import("../record.ts"),
  ]);
  const { mode } = options;
  const screen = screenFor(io, { json, mode, showSecrets });
  const record = recordRun(cluster.name, mode, io.env);
  recorded?.(record.path);
  const events: RunEvent[] = [];
  const sink = (event: RunEvent) => {
    events.push(event);
    record.sink(event);
    screen.sink(event);
  };
  try {
    const summary = await walkPhases(cluster, hosts, { ...options, sink, signal: io.signal });
    const changed = events.flatMap((event) => (event.type === "resource.change" ? [event.host] : []));
    return { ...summary, hosts: new Set(changed).size };
  } finally {
    await screen.finish();
    const gap = record.close();
    if (gap) io.stderr.write(`warning: ${gap.explain()}\n`);
    if (!json) await summarize(events, io);
  }
}

async function summarize(events: readonly RunEvent[], io: Io): Promise<void> {
  const [{ reportOf }, { reportText, summaryLine }] = await Promise.all([
    import("../report/report.ts"),
    import("../report/text.ts"),
  ]);
  const report = reportOf(events);
  if (!report) return;
  if (report.mode === "apply") io.stdout.write(`${reportText(report)}\n`);
  else if (report.outcome === "ok") io.stdout.write(`\n${summaryLine(report)}\n`);
  for (const warning of report.warnings) io.stdout.write(`warning: ${hanging(warning)}\n`);
  for (const event of events) {
    if (event.type !== "run.start") continue;
    for (const notice of event.notices ?? []) io.stdout.write(`note: ${hanging(notice)}\n`);
    if (event.leftOut) io.stdout.write(leftOut(event.leftOut));
  }
}

/** `left out: phases etcd, workers; hosts m3, w1` */
function leftOut({ phases, hosts }: NonNullable<Extract<RunEvent, { type: "run.start" }>["leftOut"]>): string {
  const parts = [
    ...(phases.length > 0 ? [`phases ${phases.join(", ")}`] : []),
    ...(hosts.length > 0 ? [`hosts ${hosts.join(", ")}`] : []),
  ];
  return parts.length > 0 ? `left out: ${parts.join("; ")}\n` : "";
}
