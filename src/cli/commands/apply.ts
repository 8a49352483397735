import { Command } from "commander";
import type { RunEvent } from "../../engine/events.ts";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

interface ApplyOptions extends TargetOptions {
  readonly json?: boolean;
}

export function applyCommand(io: Io): Command {
  return withTarget(new Command("apply"))
    .description("bring the cluster up, or back to what the inventory says; safe to run again at any time")
    .option("--json", "one JSON event a line")
    .action((options: ApplyOptions) =>
      onTarget(options, io, async (cluster) => {
        const [{ bootstrap }, { screenFor }, { reportOf }, { reportText }] = await Promise.all([
          import("../../bootstrap.ts"),
          import("../../ui/index.ts"),
          import("../../report/report.ts"),
          import("../../report/text.ts"),
        ]);
        const screen = screenFor(io, { json: options.json ?? false, mode: "apply" });
        const events: RunEvent[] = [];
        const sink = (event: RunEvent) => {
          events.push(event);
          screen.sink(event);
        };
        try {
          await bootstrap(cluster, { mode: "apply", sink, signal: io.signal });
        } finally {
          await screen.finish();
          const report = reportOf(events);
          if (report && !options.json) io.stdout.write(`${reportText(report)}\n`);
        }
      }),
    );
}
