import type { Scenario } from "../drills/scenario.ts";
import type { Power } from "../drills/setup.ts";
import type { DrillEvent, DrillSink, ScenarioOutcome } from "../drills/events.ts";
import type { MeasuredChange } from "../drills/drill.ts";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { writeDrillReport } from "./drill-report.ts";
import type { Io } from "./io.ts";
import { sameTarget, type TargetOptions } from "./target.ts";

interface ShownOptions extends TargetOptions {
  readonly json?: boolean | undefined;
  /** The file of the report; default: none but what is told at the end. */
  readonly output?: string | undefined;
  /** Is told the path of the record that the drill leaves. */
  readonly recorded?: (path: string) => void;
}

interface DrillingOptions extends ShownOptions {
  readonly breakLock?: string | undefined;
}

/** Plays scenarios with a screen before them, a record behind them and a report at the end. @throws TripodError E_LIMIT */
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

/** Does what changes a cluster, which has the screen to itself, and tells at the end what clients felt. @throws TripodError E_LIMIT */
export async function changeOnScreen(
  cluster: Cluster,
  hosts: readonly Host[],
  change: MeasuredChange,
  options: ShownOptions,
  io: Io,
): Promise<void> {
  const { measureChange } = await import("../drills/drill.ts");
  const unseen = () => undefined;
  await recorded(cluster, options, io, unseen, (sink) =>
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
  const { json = false, output, recorded: told } = options;
  const record = recordRun(cluster.name, "drill", io.env);
  told?.(record.path);
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

/** @returns what to say of a drill that was carried through, and was not as it should be */
function failureOf(events: readonly DrillEvent[], outcome: ScenarioOutcome, target: string): TripodError {
  const ends = events.flatMap((event) => (event.type === "scenario.end" ? [event] : []));
  if (outcome === "failed") {
    const errors = ends.flatMap((end) => end.errors);
    return new TripodError("E_NOT_CONVERGED", "after a scenario the cluster was not as it was before", {
      why: errors
        .map(({ host, message, why }) => `${host ? `${host}: ` : ""}${message}${why ? `\n${why}` : ""}`)
        .join("\n"),
      hint: `look at \`tripod status ${target}\`; \`tripod apply ${target}\` brings it back to what the inventory says`,
    });
  }
  const breaches = ends.flatMap((end) => end.breaches);
  return new TripodError(
    "E_LIMIT",
    `${breaches.length === 1 ? "one limit was" : `${breaches.length} limits were`} exceeded`,
    {
      why: breaches.join("\n"),
      hint: "`tripod report -o drill.html` shows when and how",
    },
  );
}

/** The lab's machines are switched by this very program. */
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
