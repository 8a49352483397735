import { resolve } from "node:path";
import type { Command } from "commander";
import type { Cluster } from "../inventory/cluster.ts";
import type { Io } from "./io.ts";

/** The option of the commands that install software, or check what it would be. */
export function withBundleOption(command: Command): Command {
  return command.option(
    "--bundle <file>",
    "take programs and images from this file, which `tripod bundle` made; nothing is fetched from their sources",
  );
}

/**
 * A cluster with its software from a bundle.
 * @param onLab the same cluster with the lab's logins, where it is there that the command works: neither the lab's folders of software nor
 * its mirror are used, and its image for the drill only if the bundle has it
 * @throws TripodError E_USAGE, E_REFUSED
 */
export async function bundled(cluster: Cluster, file: string, io: Io, onLab?: Cluster): Promise<Cluster> {
  const { withBundle } = await import("../bundling/use.ts");
  const target = onLab ? { ...onLab, software: cluster.software } : cluster;
  const progress = (text: string) => void io.stderr.write(`${text}\n`);
  const found = await withBundle(target, resolve(io.cwd, file), { signal: io.signal, progress });
  if (!onLab) return found;
  const has = found.software.bundle?.content.entries.some(({ image }) => image === onLab.drill.image);
  return Object.freeze({ ...found, drill: has ? onLab.drill : cluster.drill });
}
