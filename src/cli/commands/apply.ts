import { Command } from "commander";
import { TripodError } from "../../errors.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { narrowingOf, type NarrowingOptions, withNarrowing } from "../narrowing.ts";
import { onTarget, sameTarget, type TargetOptions, withTarget } from "../target.ts";
import { onHosts, type Walked, walkOnScreen } from "../walk.ts";

interface ApplyOptions extends TargetOptions, NarrowingOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly showSecrets?: boolean;
  readonly breakLock?: string;
}

export function applyCommand(io: Io): Command {
  return withNarrowing(withTarget(new Command("apply")))
    .description("bring the cluster up, or back to what the inventory says; safe to run again at any time")
    .option("-y, --yes", "do not show the plan and ask first")
    .option("--break-lock <owner>", "take the cluster's lock away from who holds it, by the name that was told")
    .option("--show-secrets", "show the text of files that others may not read, on the screen; records never have it")
    .option("--json", "one JSON event a line; needs --yes")
    .action((options: ApplyOptions) => {
      if (!options.yes) mustBeAsked(options, io);
      return onTarget(options, io, async (cluster) => {
        const { yes, json, showSecrets, breakLock, inventory } = options;
        const only = await narrowingOf(options, cluster);
        await onHosts(cluster, io, async (hosts) => {
          // What was answered is no promise: the apply reads everything again.
          if (!yes) await agreed(await walkOnScreen(cluster, hosts, io, { mode: "plan", showSecrets, only }), io);
          const command = `tripod apply -i ${inventory}`;
          await walkOnScreen(cluster, hosts, io, { mode: "apply", json, showSecrets, only, breakLock, command });
        });
      });
    });
}

/** @throws TripodError E_USAGE where nobody could answer */
function mustBeAsked(options: ApplyOptions, { stdin, cwd }: Io): void {
  if (stdin.isTTY && !options.json) return;
  const why = options.json ? "--json is for programs" : "the standard input is no terminal";
  throw new TripodError("E_USAGE", `apply asks before it changes anything, and nobody is there to answer: ${why}`, {
    hint: `look at what \`tripod plan ${sameTarget(options, cwd)}\` says, and then say --yes`,
  });
}

/** @throws TripodError E_REFUSED where the apply would stop half way, E_INTERRUPTED where the answer was no */
async function agreed({ changed, hosts, unmet }: Walked, io: Io): Promise<void> {
  if (unmet > 0)
    throw new TripodError("E_REFUSED", "what was left out is needed, and is not as it should be; nothing was changed", {
      hint: "take in the phases and hosts that are marked with ! above, or leave nothing out",
    });
  if (changed === 0) return;
  if (await confirm(`\nApply these changes to ${hosts} ${hosts === 1 ? "host" : "hosts"}?`, io)) return;
  throw new TripodError("E_INTERRUPTED", "not applied; nothing was changed");
}
