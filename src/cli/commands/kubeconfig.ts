import { rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { TripodError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { onTarget, type TargetOptions, withTarget } from "../target.ts";

interface KubeconfigOptions extends TargetOptions {
  readonly output?: string;
}

export function kubeconfigCommand(io: Io): Command {
  return withTarget(new Command("kubeconfig"))
    .description("fetch the admin configuration, pointing at the VIP")
    .option("-o, --output <file>", "write it there (0600) instead of to the standard output")
    .action((options: KubeconfigOptions) =>
      onTarget(options, io, async (cluster) => {
        const [{ withSession }, { readKubeconfig }] = await Promise.all([
          import("../../session.ts"),
          import("../../kubeconfig.ts"),
        ]);
        const secret = await withSession(cluster, { signal: io.signal, machines: cluster.masters }, (masters) =>
          readKubeconfig(masters, cluster),
        );
        const config = secret.reveal();
        if (!options.output) {
          io.stdout.write(config);
          return;
        }
        const path = resolve(io.cwd, options.output);
        await write(path, config);
        io.stderr.write(`written to ${options.output} (0600); try: kubectl --kubeconfig ${options.output} get nodes\n`);
      }),
    );
}

/** Whole or not at all, and never readable by others, not even for a moment. */
async function write(path: string, config: string): Promise<void> {
  const beside = `${path}.${process.pid}`;
  try {
    await writeFile(beside, config, { mode: 0o600, flag: "wx" });
    await rename(beside, path);
  } catch (cause) {
    throw new TripodError("E_LOCAL", `cannot write ${path}`, {
      why: cause instanceof Error ? cause.message : String(cause),
      hint: "choose another --output",
      cause,
    });
  }
}
