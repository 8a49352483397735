import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { inventoryOption, isLasting } from "../inventory/option.ts";
import { giveTerminal } from "./child.ts";
import type { Io } from "./io.ts";

/** The options by which every command that talks to a cluster says which. */
export interface TargetOptions {
  readonly inventory: string;
  /** Talk to the inventory's throw-away machines, never to the real ones. */
  readonly lab?: boolean;
}

export function withTarget(command: Command): Command {
  return withLabOption(command.requiredOption("-i, --inventory <file>", "the inventory"));
}

export function withLabOption(command: Command): Command {
  return command.option(
    "--lab",
    "talk to the throw-away machines that `tripod lab up` made for it, not to the real ones",
  );
}

/** @param login whether its machines will be logged into with the keys that it names */
export async function loadTarget(options: TargetOptions, io: Io, login = false): Promise<Cluster> {
  const { loadCluster } = await import("../inventory/load.ts");
  return loadCluster(options.inventory, { env: io.env, cwd: io.cwd, login });
}

/** For a command in a hint: the same machines again, `--lab -i inventories/prod.yaml`. */
export function sameTarget({ inventory, lab }: TargetOptions, cwd: string): string {
  return `${lab ? "--lab " : ""}${inventoryOption(inventory, cwd)}`;
}

/**
 * A pipe is empty when it is read again, and another process has another standard input.
 * @param who what reads it more than once, as a sentence begins
 * @throws TripodError E_USAGE
 */
export function mustLast(inventory: string, who: string, { cwd }: Pick<Io, "cwd">): void {
  const file = resolve(cwd, inventory);
  if (!existsSync(file) || isLasting(file)) return;
  throw new TripodError("E_USAGE", `${who} reads the inventory again, and ${inventory} can be read only once`, {
    hint: "save it in a file, and name that with -i",
  });
}

/** What `tripod vagrant software` has fetched is for Vagrant's machines. */
async function withWhatWasFetched(cluster: Cluster): Promise<Cluster> {
  if (cluster.vagrant === undefined) return cluster;
  const { withSoftware } = await import("../vagrant/software.ts");
  return withSoftware(cluster);
}

/** Set for the process that runs inside the lab's network namespace, so that it does not enter it once more. */
const INSIDE = "TRIPOD_INSIDE_LAB";

export function isInsideLab({ env }: Pick<Io, "env">): boolean {
  return env[INSIDE] !== undefined;
}

/**
 * Gives `work` the cluster to talk to. With --lab this same command line is run again inside the lab's network namespace, from
 * which the real machines cannot be reached, and there the inventory's SSH settings are the lab's.
 */
export async function onTarget(
  options: TargetOptions,
  io: Io,
  work: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await loadTarget(options, io, !options.lab);
  if (!options.lab) return work(await withWhatWasFetched(cluster));
  const { enterLab, withLab } = await import("../lab/overrides.ts");
  if (io.env[INSIDE] === cluster.name) return work(withLab(cluster));
  mustLast(options.inventory, "--lab", io);
  const again = [...enterLab(cluster), process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  await giveTerminal(again, io, { ...io.env, [INSIDE]: cluster.name });
}
