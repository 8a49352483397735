import type { MeasuredChange } from "../drills/drill.ts";
import type { DrillEvent, DrillSink, ScenarioOutcome } from "../drills/events.ts";
import type { Scenario } from "../drills/scenario.ts";
import type { Power } from "../drills/setup.ts";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { writeDrillReport } from "./drill-report.ts";
import type { Io } from "./io.ts";
import { sameTarget, type TargetOptions } from "./target.ts";

interface ShownOptions extends TargetOptions {
  readonly json?: boolean | undefined;
  /** The file of the report; default: only the summary at the end. */
  readonly output?: string | undefined;
  /** Called with the path of the drill's record. */
  readonly recorded?: (path: string) => void;
}

interface DrillingOptions extends ShownOptions {
  readonly breakLock?: string | undefined;
}

/** Runs scenarios, shows and records their events, and writes the report at the end. @throws TripodError E_LIMIT */
export async function drillOnScreen(
  cluster: Cluster,
  hosts: readonly Host[],
  scenarios: readonly Scenario[],
  options: DrillingOptions,
  io: Io,
): Promise<void> {
  const [{ drill }, { powerOf }, { drillScreenFor }] = await Promise.all([
    import("../drills/drill.ts"),
    import("../drills/power.ts"),
    import("../ui/drill.ts"),
  ]);
  const { json = false, breakLock, inventory, lab } = options;
  const power = lab ? labPower(cluster) : powerOf(cluster);
  const command = `tripod drill -i ${inventory}`;
  await recorded(cluster, options, io, drillScreenFor(io, { json }), (sink) =>
    drill(cluster, hosts, { scenarios, power, sink, signal: io.signal, command, breakLock }),
  );
}

/** Changes a cluster while outages are measured; the change uses the screen, the report follows at the end. @throws TripodError E_LIMIT */
export async function changeOnScreen(
  cluster: Cluster,
  hosts: readonly Host[],
  change: MeasuredChange,
  options: ShownOptions,
  io: Io,
): Promise<void> {
  const { measureChange } = await import("../drills/drill.ts");
  const noScreen = () => undefined;
  await recorded(cluster, options, io, noScreen, (sink) =>
    measureChange(cluster, hosts, change, { sink, signal: io.signal }),
  );
}

async function recorded(
  cluster: Cluster,
  options: ShownOptions,
  io: Io,
  screen: DrillSink,
  measure: (sink: DrillSink) => Promise<ScenarioOutcome>,
): Promise<void> {
  const { recordRun } = await import("../record.ts");
  const { json = false, output, recorded: onRecord } = options;
  const record = recordRun(cluster.name, "drill", io.env);
  onRecord?.(record.path);
  const events: DrillEvent[] = [];
  let outcome: ScenarioOutcome;
  try {
    outcome = await measure((event) => {
      events.push(event);
      record.sink(event);
      screen(event);
    });
  } finally {
    const gap = record.close();
    if (gap) io.stderr.write(`warning: ${gap.explain()}\n`);
    await writeDrillReport(events, { json, output }, io);
  }
  if (outcome !== "ok" && outcome !== "cancelled") throw failureOf(events, outcome, sameTarget(options, io.cwd));
}

/** @returns the error of a drill that ended with a failure or a breach */
function failureOf(events: readonly DrillEvent[], outcome: ScenarioOutcome, target: string): TripodError {
  const ends = events.flatMap((event) => (event.type === "scenario.end" ? [event] : []));
  if (outcome === "failed") {
    const errors = ends.flatMap((end) => end.errors);
    return new TripodError("E_NOT_CONVERGED", "the cluster did not recover after a scenario", {
      why: errors
        .map(({ host, message, why }) => `${host ? `${host}: ` : ""}${message}${why ? `\n${why}` : ""}`)
        .join("\n"),
      hint: `see \`tripod status ${target}\`; repair the cluster with \`tripod apply ${target}\``,
    });
  }
  const breaches = ends.flatMap((end) => end.breaches);
  return new TripodError(
    "E_LIMIT",
    `${breaches.length === 1 ? "one limit was" : `${breaches.length} limits were`} exceeded`,
    {
      why: breaches.join("\n"),
      hint: "`tripod report -o drill.html` shows each outage",
    },
  );
}

/** Lab machines are switched by `tripod lab`. */
function labPower(cluster: Cluster): Power {
  const [script = ""] = process.argv.slice(1);
  const lab = (verb: string, name: string) => [
    process.execPath,
    ...process.execArgv,
    script,
    ...["lab", verb, "-i", cluster.file, name],
  ];
  return { off: ({ name }) => lab("off", name), on: ({ name }) => lab("on", name) };
}
