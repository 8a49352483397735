import { Command } from "commander";
import { ANSWERS } from "../../errors.ts";
import { ExitWith } from "../exit.ts";
import { withBundleOption } from "../bundled.ts";
import type { Io } from "../io.ts";
import { narrowingOf, type NarrowingOptions, withNarrowing } from "../narrowing.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";
import { onHosts, walkOnScreen } from "../walk.ts";

interface PlanOptions extends TargetOptions, NarrowingOptions {
  readonly json?: boolean;
  readonly showSecrets?: boolean;
  readonly detailedExitcode?: boolean;
}

export function planCommand(io: Io): Command {
  return withNarrowing(withBundleOption(withTarget(new Command("plan"))))
    .description("show what apply would change, on which host; changes nothing")
    .option(
      "--detailed-exitcode",
      `exit with ${ANSWERS.changes.exit} if something would change, with 0 if nothing would`,
    )
    .option("--show-secrets", "show the text of files that others may not read; records never contain it")
    .option("--json", "print one JSON event per line")
    .action((options: PlanOptions) =>
      onTarget(options, io, async (cluster) => {
        const only = await narrowingOf(options, cluster);
        await onHosts(cluster, io, async (hosts) => {
          const { json, showSecrets } = options;
          const { changed } = await walkOnScreen(cluster, hosts, io, { mode: "plan", json, showSecrets, only });
          if (options.detailedExitcode && changed > 0) throw new ExitWith(ANSWERS.changes.exit);
        });
      }),
    );
}
