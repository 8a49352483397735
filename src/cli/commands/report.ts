import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { TripodError } from "../../errors.ts";
import { hanging } from "../../printable.ts";
import type { RecordedEvents, RecordedRun } from "../../record.ts";
import type { Report } from "../../report/report.ts";
import { drillReport, EXTENSIONS, formatOf, FORMATS, type Format, saveReport } from "../drill-report.ts";
import type { Io } from "../io.ts";
import { rehearsalReport } from "../rehearsal-report.ts";

interface ReportOptions {
  readonly list?: boolean;
  readonly inventory?: string;
  readonly cluster?: string;
  readonly format?: Format;
  readonly output?: string;
}

export function reportCommand(io: Io): Command {
  return new Command("report")
    .description("show what a run did and what took the time, from its record")
    .argument("[run]", "an id from --list, or a file: a record, or the output of --json; default: the newest run")
    .option("--list", "list the recorded runs")
    .addOption(new Option("-i, --inventory <file>", "only runs of this inventory's cluster").conflicts("cluster"))
    .option("--cluster <name>", "only runs of this cluster")
    .addOption(
      new Option(
        "--format <format>",
        "format of the report; default: by the extension of the --output file, else text",
      ).choices([...FORMATS]),
    )
    .option("-o, --output <file>", `write the report to this file: ${EXTENSIONS}, or any other with --format`)
    .action((run: string | undefined, options: ReportOptions) => report(run, options, io));
}

async function report(run: string | undefined, options: ReportOptions, io: Io): Promise<void> {
  const { listRuns, readRun } = await import("../../record.ts");
  const runs = listRuns(io.env, await clusterOf(options, io));
  if (options.list) return list(runs, options.cluster, io);
  const path = pathOf(run, runs, options.cluster, io);
  const { output } = options;
  const text = await formattedReport(readRun(path), options.format ?? formatOf(output)).catch((cause: unknown) => {
    if (cause instanceof TripodError) throw cause;
    throw new TripodError("E_LOCAL", `${path} is not the record of a run`, {
      why: (cause as Error).message,
      hint: "`tripod report --list` shows the recorded runs",
      cause,
    });
  });
  if (text === undefined)
    throw new TripodError("E_LOCAL", `${path} contains no run`, {
      why: "it has no run.start event",
      hint: "see the recorded runs: tripod report --list",
    });
  if (output === undefined) io.stdout.write(text);
  else {
    await saveReport(resolve(io.cwd, output), text);
    const written = runs.find((each) => each.path === path);
    if (written) io.stderr.write(`wrote ${output}: ${written.id}, cluster ${written.cluster}\n`);
  }
}

/** @returns undefined if the events contain no run, drill or rehearsal */
async function formattedReport(events: RecordedEvents, format: Format): Promise<string | undefined> {
  const [{ isDrill, isRehearsal }, { reportOf }] = await Promise.all([
    import("../../record.ts"),
    import("../../report/report.ts"),
  ]);
  if (isDrill(events)) return drillReport(events, format);
  if (isRehearsal(events)) return rehearsalReport(events, format);
  const report = reportOf(events);
  return report && formatted(report, format);
}

async function list(runs: readonly RecordedRun[], cluster: string | undefined, io: Io): Promise<void> {
  const [
    { isDrill, isRehearsal, readRun },
    { reportOf },
    { OUTCOMES, summaryLine },
    { drillReportOf, drillSummaryLine },
    { rehearsalReportOf, rehearsalSummaryLine },
  ] = await Promise.all([
    import("../../record.ts"),
    import("../../report/report.ts"),
    import("../../report/text.ts"),
    import("../../report/drill/index.ts"),
    import("../../report/rehearsal/index.ts"),
  ]);
  const summaryOf = ({ path }: RecordedRun) => {
    try {
      const events = readRun(path);
      if (isDrill(events)) {
        const drill = drillReportOf(events);
        return drill ? drillSummaryLine(drill) : "contains no drill";
      }
      if (isRehearsal(events)) {
        const rehearsal = rehearsalReportOf(events, () => undefined);
        return rehearsal ? rehearsalSummaryLine(rehearsal) : "contains no rehearsal";
      }
      const report = reportOf(events);
      return report ? `${OUTCOMES[report.outcome]}: ${summaryLine(report)}` : "contains no run";
    } catch (error) {
      return error instanceof TripodError ? error.message : "is not the record of a run";
    }
  };
  if (runs.length === 0) io.stderr.write(`no run${cluster === undefined ? "" : ` of ${cluster}`} is recorded\n`);
  for (const run of runs) io.stdout.write(`${run.id}  ${run.cluster}  ${hanging(summaryOf(run))}\n`);
}

async function clusterOf({ inventory, cluster }: ReportOptions, io: Io): Promise<string | undefined> {
  if (inventory === undefined) return cluster;
  const { loadTarget } = await import("../target.ts");
  return (await loadTarget({ inventory }, io)).name;
}

/** @throws TripodError E_USAGE if there is no such run */
function pathOf(run: string | undefined, runs: readonly RecordedRun[], cluster: string | undefined, io: Io): string {
  const found = run === undefined ? runs[0] : runs.find(({ id }) => id === run);
  if (found) return found.path;
  if (run === undefined)
    throw new TripodError("E_USAGE", `no run${cluster === undefined ? "" : ` of ${cluster}`} is recorded`, {
      hint: "plan, apply, drill and rehearse record a run as soon as they have reached the hosts; `tripod report --list` lists the records of all clusters",
    });
  const file = resolve(io.cwd, run);
  if (existsSync(file)) return file;
  throw new TripodError("E_USAGE", `there is no recorded run and no file ${run}`, {
    hint: "`tripod report --list` lists the recorded runs",
  });
}

async function formatted(report: Report, format: Format): Promise<string> {
  switch (format) {
    case "text":
      return (await import("../../report/details.ts")).reportDetails(report);
    case "json":
      return (await import("../../report/json.ts")).reportJson(report);
    case "junit":
      return (await import("../../report/junit.ts")).reportJunit(report);
    case "html":
      return (await import("../../report/html.ts")).reportHtml(report);
  }
}
