import { Command } from "commander";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";
import { walkOnScreen } from "../walk.ts";

export function applyCommand(io: Io): Command {
  return withTarget(new Command("apply"))
    .description("bring the cluster up, or back to what the inventory says; safe to run again at any time")
    .option("--json", "one JSON event a line")
    .action((options: TargetOptions & { json?: boolean }) =>
      onTarget(options, io, (cluster) => walkOnScreen(cluster, io, { mode: "apply", json: options.json })),
    );
}
