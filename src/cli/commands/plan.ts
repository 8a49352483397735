import { Command } from "commander";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

interface PlanOptions extends TargetOptions {
  readonly json?: boolean;
}

export function planCommand(io: Io): Command {
  return withTarget(new Command("plan"))
    .description("what apply would change, on which host; writes nothing anywhere")
    .option("--json", "one JSON event a line")
    .action((options: PlanOptions) =>
      onTarget(options, io, async (cluster) => {
        const [{ bootstrap }, { screenFor }] = await Promise.all([
          import("../../bootstrap.ts"),
          import("../../ui/index.ts"),
        ]);
        const screen = screenFor(io, { json: options.json ?? false, mode: "plan" });
        try {
          await bootstrap(cluster, { mode: "plan", sink: screen.sink, signal: io.signal });
        } finally {
          await screen.finish();
        }
      }),
    );
}
