import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { LabHost } from "../../lab/index.ts";
import { type Release, RELEASES } from "../../lab/release.ts";
import { giveTerminal } from "../child.ts";
import type { Io } from "../io.ts";
import { loadTarget } from "../target.ts";

interface Inventoried {
  readonly inventory: string;
}

interface UpOptions extends Inventoried {
  readonly binaries?: string;
  readonly release?: Release;
  readonly pristine?: boolean;
  readonly install?: boolean;
}

/** `tripod lab`: throw-away machines for an inventory, on this machine, in a network of their own. */
export function labCommand(io: Io): Command {
  const lab = new Command("lab").description(
    "throw-away machines for an inventory, on this one, in a network of their own",
  );
  for (const command of [up(io), status(io), ssh(io), off(io), on(io), down(io)]) lab.addCommand(command);
  return lab;
}

function verb(usage: string): Command {
  return new Command(usage).requiredOption("-i, --inventory <file>", "the inventory");
}

/** Lines of progress are for people: they go where an output that is read by a program does not. */
function work(io: Io) {
  return { progress: (text: string) => io.stderr.write(`${text}\n`), signal: io.signal };
}

function up(io: Io): Command {
  return verb("up")
    .description("make the machines, or what is missing of them")
    .option(
      "--binaries <folder>",
      "Kubernetes from there: kubeadm, kubelet, kube-apiserver …; default: the official release, or Debian's source package",
    )
    .addOption(new Option("--release <name>", "release of Debian on the machines").choices(RELEASES))
    .option("--pristine", "machines with nothing but ssh and sudo, to prove the installation too")
    .option("--install", "install what is missing on this machine")
    .action(async ({ inventory, binaries, ...options }: UpOptions) => {
      const { labUp } = await import("../../lab/index.ts");
      const cluster = await loadTarget({ inventory }, io);
      const folder = binaries === undefined ? {} : { binaries: resolve(io.cwd, binaries) };
      await labUp(cluster, { ...work(io), ...options, ...folder });
      io.stdout.write(`the lab ${cluster.name} is up: ${cluster.machines.map(({ name }) => name).join(", ")}\n`);
    });
}

function status(io: Io): Command {
  return verb("status")
    .description("which machines there are, and whether they answer")
    .option("--json", "print JSON")
    .action(async ({ inventory, json }: Inventoried & { json?: boolean }) => {
      const { labStatus } = await import("../../lab/index.ts");
      const hosts = await labStatus(await loadTarget({ inventory }, io));
      io.stdout.write(`${json ? JSON.stringify(hosts) : table(hosts)}\n`);
    });
}

function table(hosts: readonly LabHost[]): string {
  const rows = hosts.map(({ name, role, address, state, ssh }) => [name, role, address, state, ssh ? "answers" : "-"]);
  const all = [["NAME", "ROLE", "ADDRESS", "STATE", "SSH"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function ssh(io: Io): Command {
  return verb("ssh")
    .description("log in to a machine, or run a command on it")
    .argument("<machine>", "its name in the inventory")
    .argument("[command...]", "after --, default: a shell")
    .action(async (machine: string, command: string[], { inventory }: Inventoried) => {
      const { labSsh } = await import("../../lab/index.ts");
      await giveTerminal(labSsh(await loadTarget({ inventory }, io), machine, command), io);
    });
}

function off(io: Io): Command {
  return verb("off")
    .description("cut a machine's power")
    .argument("<machine>", "its name in the inventory")
    .action(async (machine: string, { inventory }: Inventoried) => {
      const { labOff } = await import("../../lab/index.ts");
      await labOff(await loadTarget({ inventory }, io), machine);
    });
}

function on(io: Io): Command {
  return verb("on")
    .description("boot a machine again, with the disk it had")
    .argument("<machine>", "its name in the inventory")
    .action(async (machine: string, { inventory }: Inventoried) => {
      const { labOn } = await import("../../lab/index.ts");
      await labOn(await loadTarget({ inventory }, io), machine, work(io));
    });
}

function down(io: Io): Command {
  return verb("down")
    .description("take the machines away and leave nothing behind")
    .action(async ({ inventory }: Inventoried) => {
      const { labDown } = await import("../../lab/index.ts");
      const cluster = await loadTarget({ inventory }, io);
      await labDown(cluster, work(io));
      io.stdout.write(`the lab ${cluster.name} is gone\n`);
    });
}
