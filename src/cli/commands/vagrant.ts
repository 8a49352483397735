import { resolve } from "node:path";
import { Command, Option } from "commander";
import { DEFAULT_RELEASE, type DebianRelease, DEBIAN_RELEASES } from "../../lab/release.ts";
import type { Io } from "../io.ts";
import { loadTarget } from "../target.ts";

interface MakingOptions {
  readonly release?: DebianRelease;
  readonly install?: boolean;
}

/** `tripod vagrant`: what Vagrant's machines need that public boxes do not contain. */
export function vagrantCommand(io: Io): Command {
  const vagrant = new Command("vagrant").description("build a box and fetch Kubernetes for Vagrant machines");
  for (const command of [box(io), software(io)]) vagrant.addCommand(command);
  return vagrant;
}

function making(verb: string): Command {
  return new Command(verb)
    .addOption(new Option("--release <name>", `Debian release; default: ${DEFAULT_RELEASE}`).choices(DEBIAN_RELEASES))
    .option("--install", "install missing packages on this machine");
}

function work(io: Io) {
  return { progress: (text: string) => io.stderr.write(`${text}\n`), signal: io.signal };
}

function box(io: Io): Command {
  return making("box")
    .description("build an LXC box with all packages of a node, and add it to Vagrant")
    .action(async (options: MakingOptions) => {
      const { addBox } = await import("../../vagrant/box.ts");
      io.stdout.write(`Vagrant has the box ${await addBox({ ...work(io), ...options })}\n`);
    });
}

function software(io: Io): Command {
  return making("software")
    .description(
      "fetch the programs and images of the inventory's Kubernetes version, for machines without a package repository that has them",
    )
    .requiredOption("-i, --inventory <file>", "the inventory")
    .option(
      "--binaries <folder>",
      "folder with the Kubernetes programs: kubeadm, kubelet, kube-apiserver …; default: the official release, or Debian's source package",
    )
    .action(async ({ inventory, binaries, ...options }: MakingOptions & { inventory: string; binaries?: string }) => {
      const { fetchSoftware } = await import("../../vagrant/software.ts");
      const cluster = await loadTarget({ inventory }, io);
      const folder = binaries === undefined ? {} : { binaries: resolve(io.cwd, binaries) };
      io.stdout.write(`Kubernetes is in ${await fetchSoftware(cluster, { ...work(io), ...options, ...folder })}\n`);
    });
}
