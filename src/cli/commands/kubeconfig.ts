import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { TripodError } from "../../errors.ts";
import type { Secret } from "../../secret.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { mustBeWritable } from "../output-file.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

interface KubeconfigOptions extends TargetOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function kubeconfigCommand(io: Io): Command {
  return withTarget(new Command("kubeconfig"))
    .description("fetch the admin kubeconfig, which points at the VIP")
    .option("-o, --output <file>", "write it to this file (0600) instead of the standard output")
    .option("-f, --force", "replace the --output file without asking")
    .action((options: KubeconfigOptions) => fetchKubeconfig(options, io));
}

async function fetchKubeconfig(options: KubeconfigOptions, io: Io): Promise<void> {
  const { output, force } = options;
  if (force && !output)
    throw new TripodError("E_USAGE", "--force without --output: the standard output replaces no file", {
      hint: "add -o FILE, or remove --force",
    });
  if (output) await mustBeWritable(resolve(io.cwd, output));
  await onTarget(options, io, async (cluster) => {
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
  });
}

/** @throws TripodError E_USAGE if nobody can answer, E_INTERRUPTED if the answer is no */
export async function mayBeReplaced(output: string, io: Io): Promise<void> {
  const there = await lstat(resolve(io.cwd, output)).catch(() => undefined);
  if (!there) return;
  if (!io.stdin.isTTY)
    throw new TripodError("E_USAGE", `${output} exists, and nobody can be asked whether to replace it`, {
      hint: "choose another --output, or add --force",
    });
  const what = there.isSymbolicLink() ? "is a link, which" : "exists and";
  if (await confirm(`${output} ${what} would be replaced. Continue?`, io)) return;
  throw new TripodError("E_INTERRUPTED", `${output} was not changed`);
}

/** Writes the file atomically, readable by its owner only. A link is replaced, not its target. @internal exported for its test */
export async function writeKubeconfig(path: string, config: Secret): Promise<void> {
  const beside = `${path}.${process.pid}`;
  try {
    await writeFile(beside, config.reveal(), { mode: 0o600, flag: "wx" });
    await rename(beside, path);
  } catch (cause) {
    // What exists already is not ours.
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") await rm(beside, { force: true });
    throw new TripodError("E_LOCAL", `cannot write ${path}`, {
      why: cause instanceof Error ? cause.message : String(cause),
      hint: "choose another --output",
      cause,
    });
  }
}
