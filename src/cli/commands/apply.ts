import { Command } from "commander";
import { TripodError } from "../../errors.ts";
import { confirm } from "../confirm.ts";
import { withBundleOption } from "../bundled.ts";
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
  return withNarrowing(withBundleOption(withTarget(new Command("apply"))))
    .description("bring up the cluster, or bring it back in line with the inventory; safe to run again at any time")
    .option("-y, --yes", "apply without showing the plan and asking")
    .option("--break-lock <owner>", "take over the cluster's lock from this owner, as named by E_LOCKED")
    .option("--show-secrets", "show the text of files that others may not read; records never contain it")
    .option("--json", "print one JSON event per line; needs --yes")
    .action((options: ApplyOptions) => {
      if (!options.yes) mustBeAsked(options, io);
      return onTarget(options, io, async (cluster) => {
        const { yes, json, showSecrets, breakLock, inventory } = options;
        const only = await narrowingOf(options, cluster);
        await onHosts(cluster, io, async (hosts) => {
          // Nothing is cached: the apply reads every host again.
          if (!yes) await agreed(await walkOnScreen(cluster, hosts, io, { mode: "plan", showSecrets, only }), io);
          const command = `tripod apply -i ${inventory}`;
          await walkOnScreen(cluster, hosts, io, { mode: "apply", json, showSecrets, only, breakLock, command });
        });
      });
    });
}

/** @throws TripodError E_USAGE if nobody can answer */
function mustBeAsked(options: ApplyOptions, { stdin, cwd }: Io): void {
  if (stdin.isTTY && !options.json) return;
  const why = options.json ? "with --json nobody can be asked" : "the standard input is not a terminal";
  throw new TripodError("E_USAGE", `apply asks before it changes anything, but ${why}`, {
    hint: `check the output of \`tripod plan ${sameTarget(options, cwd)}\`, then run apply with --yes`,
  });
}

/** @throws TripodError E_REFUSED if the apply would stop half way, E_INTERRUPTED if the answer is no */
async function agreed({ changed, hosts, unmet }: Walked, io: Io): Promise<void> {
  if (unmet > 0)
    throw new TripodError(
      "E_REFUSED",
      "a phase or host that was left out is needed and not up to date; nothing was changed",
      {
        hint: "add the phases and hosts marked with ! above to --phase and --host, or run without these options",
      },
    );
  if (changed === 0) return;
  if (await confirm(`\nApply these changes to ${hosts} ${hosts === 1 ? "host" : "hosts"}?`, io)) return;
  throw new TripodError("E_INTERRUPTED", "not applied; nothing was changed");
}
