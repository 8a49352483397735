import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { inventoryOption, isLasting } from "../inventory/option.ts";
import { bundled } from "./bundled.ts";
import { giveTerminal } from "./child.ts";
import type { Io } from "./io.ts";

/** The options that select the cluster. */
export interface TargetOptions {
  readonly inventory: string;
  /** Connect to the inventory's lab machines, never to the real ones. */
  readonly lab?: boolean;
  /** For commands that install software: what `tripod bundle` has made. */
  readonly bundle?: string;
}

export function withTarget(command: Command): Command {
  return withLabOption(command.requiredOption("-i, --inventory <file>", "the inventory"));
}

export function withLabOption(command: Command): Command {
  return command.option(
    "--lab",
    "connect to the throw-away machines that `tripod lab up` created, not to the real ones",
  );
}

/** For an inventory that was given without -i: the hint. @param others whether words that do not end as an inventory's name does are one too */
export function inventoryMeant(words: readonly string[], others: boolean): string | undefined {
  const file = words.find((word) => /\.ya?ml$/i.test(word)) ?? (others ? words[0] : undefined);
  return file === undefined ? undefined : `did you mean -i ${file}?`;
}

/** @throws TripodError E_USAGE for an empty name, as of a variable of the shell that is not set */
export function namedFile(file: string): string {
  if (file.trim() !== "") return file;
  throw new TripodError("E_USAGE", "an option that takes a file has an empty name", {
    hint: "name a file; if the name comes from a variable of the shell, check that it is set",
  });
}

/** @throws TripodError E_USAGE for an empty name, and for a second inventory: only one of them would be used */
export function onlyInventory(file: string, before: string | undefined): string {
  namedFile(file);
  if (before === undefined) return file;
  throw new TripodError("E_USAGE", `-i is given twice, with ${before} and ${file}`, {
    hint: "a command works on one inventory: remove one of them",
  });
}

/** @param login whether the command will log in to the machines with the inventory's keys */
export async function loadTarget(options: TargetOptions, io: Io, login = false): Promise<Cluster> {
  const { loadCluster } = await import("../inventory/load.ts");
  return loadCluster(options.inventory, { env: io.env, cwd: io.cwd, login });
}

/** The options for the same machines, for a command in a hint: `--lab -i inventories/prod.yaml`. */
export function sameTarget({ inventory, lab }: TargetOptions, cwd: string): string {
  return `${lab ? "--lab " : ""}${inventoryOption(inventory, cwd)}`;
}

/**
 * Refuses an inventory that can be read only once: a pipe is empty when it is read again, and another process has another standard input.
 * @param who what reads it more than once, as the beginning of a sentence
 * @throws TripodError E_USAGE
 */
export function mustBeReadableAgain(inventory: string, who: string, { cwd }: Pick<Io, "cwd">): void {
  const file = resolve(cwd, inventory);
  if (!existsSync(file) || isLasting(file)) return;
  throw new TripodError("E_USAGE", `${who} reads the inventory again, and ${inventory} can be read only once`, {
    hint: "save it to a file, and pass the file with -i",
  });
}

/** For Vagrant's machines: the inventory with the software that `tripod vagrant software` downloaded. */
async function withVagrantSoftware(cluster: Cluster): Promise<Cluster> {
  if (cluster.vagrant === undefined) return cluster;
  const { withSoftware } = await import("../vagrant/software.ts");
  return withSoftware(cluster);
}

/** Set for the process that runs inside the lab's network namespace, so that it does not enter it again. */
const INSIDE = "TRIPOD_INSIDE_LAB";

export function isInsideLab({ env }: Pick<Io, "env">): boolean {
  return env[INSIDE] !== undefined;
}

/**
 * Calls `work` with the cluster. With --lab the same command line runs again inside the lab's network namespace, from which the real
 * machines cannot be reached, with the lab's SSH settings.
 */
export async function onTarget(
  options: TargetOptions,
  io: Io,
  work: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await loadTarget(options, io, !options.lab);
  const { bundle } = options;
  if (!options.lab)
    return work(await (bundle === undefined ? withVagrantSoftware(cluster) : bundled(cluster, bundle, io)));
  const { enterLab, withLab } = await import("../lab/overrides.ts");
  if (io.env[INSIDE] === cluster.name) {
    const onLab = withLab(cluster);
    return work(bundle === undefined ? onLab : await bundled(cluster, bundle, io, onLab));
  }
  mustBeReadableAgain(options.inventory, "--lab", io);
  const again = [...enterLab(cluster), process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  await giveTerminal(again, io, { ...io.env, [INSIDE]: cluster.name });
}
