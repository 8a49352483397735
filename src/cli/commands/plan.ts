import { Command } from "commander";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";
import { walkOnScreen } from "../walk.ts";

export function planCommand(io: Io): Command {
  return withTarget(new Command("plan"))
    .description("what apply would change, on which host; writes nothing anywhere")
    .option("--json", "one JSON event a line")
    .action((options: TargetOptions & { json?: boolean }) =>
      onTarget(options, io, (cluster) => walkOnScreen(cluster, io, { mode: "plan", json: options.json })),
    );
}
