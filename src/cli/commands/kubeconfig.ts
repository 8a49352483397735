import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { TripodError } from "../../errors.ts";
import type { Secret } from "../../secret.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

interface KubeconfigOptions extends TargetOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function kubeconfigCommand(io: Io): Command {
  return withTarget(new Command("kubeconfig"))
    .description("fetch the admin configuration, pointing at the VIP")
    .option("-o, --output <file>", "write it there (0600) instead of to the standard output")
    .option("-f, --force", "replace what is at --output without asking")
    .action((options: KubeconfigOptions) =>
      onTarget(options, io, async (cluster) => {
        const { output, force } = options;
        if (output && !force) await mayBeReplaced(output, io);
        const [{ withSession }, { readKubeconfig }] = await Promise.all([
          import("../../session.ts"),
          import("../../kubeconfig.ts"),
        ]);
        const secret = await withSession(cluster, { signal: io.signal, machines: cluster.masters }, (masters) =>
          readKubeconfig(masters, cluster),
        );
        if (!output) {
          io.stdout.write(secret.reveal());
          return;
        }
        await writeKubeconfig(resolve(io.cwd, output), secret);
        io.stderr.write(`written to ${output} (0600); try: kubectl --kubeconfig ${output} get nodes\n`);
      }),
    );
}

/** @throws TripodError E_USAGE where nobody could answer, E_INTERRUPTED where the answer was no */
export async function mayBeReplaced(output: string, io: Io): Promise<void> {
  const there = await lstat(resolve(io.cwd, output)).catch(() => undefined);
  if (!there) return;
  if (!io.stdin.isTTY)
    throw new TripodError("E_USAGE", `${output} exists, and nobody is there to say that it may be replaced`, {
      hint: "choose another --output, or say --force",
    });
  const what = there.isSymbolicLink() ? "is a link, which" : "exists and";
  if (await confirm(`${output} ${what} would be replaced. Go on?`, io)) return;
  throw new TripodError("E_INTERRUPTED", `${output} was left as it is`);
}

/** Whole or not at all, and never readable by others, not even for a moment. A link is replaced, and not what it leads to. */
export async function writeKubeconfig(path: string, config: Secret): Promise<void> {
  const beside = `${path}.${process.pid}`;
  try {
    await writeFile(beside, config.reveal(), { mode: 0o600, flag: "wx" });
    await rename(beside, path).catch(async (cause: unknown) => {
      await rm(beside);
      throw cause;
    });
  } catch (cause) {
    throw new TripodError("E_LOCAL", `cannot write ${path}`, {
      why: cause instanceof Error ? cause.message : String(cause),
      hint: "choose another --output",
      cause,
    });
  }
}
