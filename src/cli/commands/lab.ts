import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { LabHost, Snapshot } from "../../lab/index.ts";
import { DEFAULT_RELEASE, RELEASES } from "../../lab/release.ts";
import { giveTerminal } from "../child.ts";
import type { Io } from "../io.ts";
import { loadTarget } from "../target.ts";

interface Inventoried {
  readonly inventory: string;
}

interface UpOptions extends Inventoried {
  readonly binaries?: string;
  readonly release?: readonly string[];
  readonly pristine?: boolean;
  readonly install?: boolean;
}

/** `tripod lab`: local throw-away machines for an inventory, in a separate network. */
export function labCommand(io: Io): Command {
  const lab = new Command("lab").description(
    "manage local throw-away machines for an inventory, in a separate network",
  );
  const machines = [up(io), status(io), ssh(io), off(io), on(io), down(io)];
  const snapshots = [save(io), restore(io), list(io), forget(io)];
  for (const command of [...machines, ...snapshots]) lab.addCommand(command);
  return lab;
}

function verb(usage: string): Command {
  return new Command(usage).requiredOption("-i, --inventory <file>", "the inventory");
}

/** Progress is for people: it goes to stderr, so that programs can read stdout. */
function work(io: Io) {
  return { progress: (text: string) => io.stderr.write(`${text}\n`), signal: io.signal };
}

function up(io: Io): Command {
  return verb("up")
    .description("create the machines, or those that are missing")
    .addOption(binariesOption())
    .addOption(releaseOption())
    .option("--pristine", "create machines with only ssh and sudo, to test the installation of packages too")
    .option("--install", "install missing packages on this machine")
    .action(async ({ inventory, binaries, release, ...options }: UpOptions) => {
      const since = performance.now();
      const { labHostNames, labUp, parseReleases } = await import("../../lab/index.ts");
      const cluster = await loadTarget({ inventory }, io);
      const hosts = labHostNames(cluster);
      const folder = binaries === undefined ? {} : { binaries: resolve(io.cwd, binaries) };
      const releases = release && { release: parseReleases(release, hosts) };
      await labUp(cluster, { ...work(io), ...options, ...releases, ...folder });
      io.stdout.write(`the lab ${cluster.name} is up: ${hosts.join(", ")}, in ${seconds(since)}\n`);
    });
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Which programs of Kubernetes the machines get. */
export function binariesOption(): Option {
  return new Option(
    "--binaries <folder>",
    "folder with the Kubernetes programs (docs/rehearsal.md lists them); default: the inventory's `software.binaries`, else the official release, or Debian's source package if it has this version; versions above 1.30 need a folder",
  );
}

/** Which machines run which release of Debian. */
export function releaseOption(): Option {
  const help = `release of the machines: ${RELEASES.join(", ")} (docs/lab.md); for some of them: trixie=w1,w2; may be repeated; default: ${DEFAULT_RELEASE}, or what an existing lab has`;
  return new Option("--release <name[=machines]>", help).argParser((text: string, before?: readonly string[]) => [
    ...(before ?? []),
    text,
  ]);
}

function status(io: Io): Command {
  return verb("status")
    .description("list the machines, and whether they answer")
    .option("--json", "print JSON")
    .action(async ({ inventory, json }: Inventoried & { json?: boolean }) => {
      const { labStatus } = await import("../../lab/index.ts");
      const hosts = await labStatus(await loadTarget({ inventory }, io));
      io.stdout.write(`${json ? JSON.stringify(hosts) : table(hosts)}\n`);
    });
}

function table(hosts: readonly LabHost[]): string {
  const rows = hosts.map(({ name, role, address, state, ssh }) => [name, role, address, state, ssh ? "answers" : "-"]);
  return columns([["NAME", "ROLE", "ADDRESS", "STATE", "SSH"], ...rows]);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

function ssh(io: Io): Command {
  return verb("ssh")
    .description("log in to a machine, or run a command on it, and exit with its exit code")
    .argument("<machine>", "its name in the inventory")
    .argument("[command...]", "the command, after --; default: a shell")
    .action(async (machine: string, command: string[], { inventory }: Inventoried) => {
      const { labSsh } = await import("../../lab/index.ts");
      await giveTerminal(labSsh(await loadTarget({ inventory }, io), machine, command), io);
    });
}

function off(io: Io): Command {
  return verb("off")
    .description("switch a machine off, as by a power cut")
    .argument("<machine>", "its name in the inventory")
    .action(async (machine: string, { inventory }: Inventoried) => {
      const { labOff } = await import("../../lab/index.ts");
      await labOff(await loadTarget({ inventory }, io), machine);
    });
}

function on(io: Io): Command {
  return verb("on")
    .description("boot a machine that is off, with its disk")
    .argument("<machine>", "its name in the inventory")
    .action(async (machine: string, { inventory }: Inventoried) => {
      const { labOn } = await import("../../lab/index.ts");
      await labOn(await loadTarget({ inventory }, io), machine, work(io));
    });
}

interface DownOptions extends Inventoried {
  readonly snapshots?: boolean;
}

function down(io: Io): Command {
  return verb("down")
    .description("remove the machines and everything of the lab except its snapshots")
    .option("--snapshots", "remove the snapshots too")
    .action(async ({ inventory, snapshots }: DownOptions) => {
      const { labDown } = await import("../../lab/index.ts");
      const cluster = await loadTarget({ inventory }, io);
      const existed = await labDown(cluster, { ...work(io), snapshots });
      io.stdout.write(`${labRemoved(cluster.name, existed)}\n`);
    });
}

export function labRemoved(lab: string, existed: boolean): string {
  return `the lab ${lab} ${existed ? "is removed" : "does not exist: there was nothing to remove"}`;
}

function save(io: Io): Command {
  return verb("save")
    .description("save the machines' disks as a snapshot; the machines are off while it is taken")
    .argument("<name>", "name of the snapshot")
    .action(async (name: string, { inventory }: Inventoried) => {
      const since = performance.now();
      const { labSave } = await import("../../lab/index.ts");
      const cluster = await loadTarget({ inventory }, io);
      await labSave(cluster, name, work(io));
      io.stdout.write(`the lab ${cluster.name} is saved as ${name} and running again, in ${seconds(since)}\n`);
    });
}

function restore(io: Io): Command {
  return verb("restore")
    .description("boot the machines with the disks of a snapshot, whatever state they are in")
    .argument("<name>", "name of the snapshot")
    .action(async (name: string, { inventory }: Inventoried) => {
      const since = performance.now();
      const { labRestore } = await import("../../lab/index.ts");
      const cluster = await loadTarget({ inventory }, io);
      await labRestore(cluster, name, work(io));
      io.stdout.write(`the lab ${cluster.name} is restored from ${name}, in ${seconds(since)}\n`);
    });
}

function list(io: Io): Command {
  return verb("snapshots")
    .description("list the snapshots")
    .option("--json", "print JSON")
    .action(async ({ inventory, json }: Inventoried & { json?: boolean }) => {
      const { labSnapshots } = await import("../../lab/index.ts");
      const snapshots = await labSnapshots(await loadTarget({ inventory }, io));
      const rows = ({ name, taken, hosts }: Snapshot) => [name, taken, hosts.join(", ")];
      const text = columns([["NAME", "TAKEN", "MACHINES"], ...snapshots.map(rows)]);
      io.stdout.write(`${json ? JSON.stringify(snapshots) : text}\n`);
    });
}

function forget(io: Io): Command {
  return verb("forget")
    .description("remove a snapshot")
    .argument("<name>", "name of the snapshot")
    .action(async (name: string, { inventory }: Inventoried) => {
      const { labForget } = await import("../../lab/index.ts");
      await labForget(await loadTarget({ inventory }, io), name, work(io));
    });
}
