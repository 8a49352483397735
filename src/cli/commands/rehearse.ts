import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Host } from "../../host.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import type { Status } from "../../status.ts";
import { ExitWith } from "../exit.ts";
import type { Io } from "../io.ts";
import { isInsideLab, loadTarget, onTarget, type TargetOptions } from "../target.ts";
import { onHosts, walkOnScreen } from "../walk.ts";

interface RehearseOptions extends TargetOptions {
  readonly binaries?: string;
  readonly release?: "bookworm" | "trixie";
  readonly pristine?: boolean;
  readonly install?: boolean;
  readonly down?: boolean;
  readonly drill?: boolean;
  readonly all?: boolean;
}

/** Where reports of a rehearsal are kept, from the working directory. */
const ARTIFACTS = "artifacts";

/** When the rehearsal began, for the process that runs inside the lab's network. */
const SINCE = "TRIPOD_REHEARSAL_SINCE";

export function rehearseCommand(io: Io): Command {
  return new Command("rehearse")
    .description("the same inventory on throw-away machines of this one: lab up, apply, and a look at the result")
    .requiredOption("-i, --inventory <file>", "the inventory")
    .option("--binaries <folder>", "Kubernetes from there; default: the official release")
    .addOption(new Option("--release <name>", "release of Debian on the machines").choices(["bookworm", "trixie"]))
    .option("--pristine", "machines with nothing but ssh and sudo, to prove the installation too")
    .option("--install", "install what is missing on this machine")
    .option("--drill", "and break it: the usual scenarios, with their report in artifacts/")
    .option("--all", "with --drill: every scenario that does not take the quorum away")
    .option("--down", "take the machines away and leave nothing behind")
    .action((options: RehearseOptions) => rehearse({ ...options, lab: true }, io));
}

async function rehearse(options: RehearseOptions, io: Io): Promise<void> {
  if (!isInsideLab(io)) {
    const { labDown, labUp } = await import("../../lab/index.ts");
    const cluster = await loadTarget(options, io);
    const work = { progress: (text: string) => io.stderr.write(`${text}\n`), signal: io.signal };
    if (options.down) {
      await labDown(cluster, work);
      io.stdout.write(`the lab ${cluster.name} is gone\n`);
      return;
    }
    io.env[SINCE] = String(Date.now());
    const { binaries, install, pristine, release } = options;
    await labUp(cluster, {
      ...work,
      install,
      pristine,
      release,
      ...(binaries && { binaries: resolve(io.cwd, binaries) }),
    });
  }
  await onTarget(options, io, async (cluster) => {
    await onHosts(cluster, io, async (hosts) => {
      await walkOnScreen(cluster, hosts, io, { mode: "apply", command: `tripod rehearse -i ${options.inventory}` });
      await show(cluster, hosts, io);
      if (options.drill || options.all) await drillIt(cluster, hosts, options, io);
    });
  });
}

async function drillIt(cluster: Cluster, hosts: readonly Host[], options: RehearseOptions, io: Io): Promise<void> {
  const [{ drillOnScreen }, { SCENARIOS }] = await Promise.all([import("./drill.ts"), import("../../drills/index.ts")]);
  const chosen = SCENARIOS.filter(({ usual, stops }) => !stops && (usual || options.all));
  await mkdir(resolve(io.cwd, ARTIFACTS), { recursive: true });
  const output = `${ARTIFACTS}/drill-${cluster.name}.html`;
  io.stdout.write("\n");
  await drillOnScreen(cluster, hosts, chosen, { lab: true, output, inventory: options.inventory }, io);
  io.stdout.write(`\nthe drill's report is in ${output}\n`);
}

/** The result, said by the real programs on the hosts, and then in one line. */
async function show(cluster: Cluster, hosts: readonly Host[], io: Io): Promise<void> {
  const [{ readStatus }, { kubectl }, { etcdctl }] = await Promise.all([
    import("../../status.ts"),
    import("../../resources/kubectl.ts"),
    import("../../resources/etcdctl.ts"),
  ]);
  const masters = hosts.filter(({ machine }) => machine.role === "master");
  const said = async (host: Host | undefined, title: string, script: string) => {
    const { stdout, stderr } = (await host?.read(script)) ?? { stdout: "", stderr: "" };
    io.stdout.write(`\n${host?.name ?? ""}$ ${title}\n${stdout}${stderr}`);
  };
  const [first] = masters;
  const endpoints = masters.map(({ machine }) => `https://${machine.address}:2379`).join(",");
  if (first) await said(first, "kubectl get nodes -o wide", kubectl(first, "get nodes -o wide"));
  await said(first, "etcdctl endpoint status -w table", etcdctl("endpoint status -w table", endpoints));
  for (const master of masters)
    await said(
      master,
      "ip -brief -4 address show scope global",
      "ip -brief -4 address show scope global | grep -v cni0",
    );
  const status = await readStatus(cluster, hosts);
  const seconds = (Date.now() - Number(io.env[SINCE] ?? Date.now())) / 1000;
  io.stdout.write(`\n${lastLine(status, seconds)}\n`);
  if (!status.healthy) throw new ExitWith(1);
}

/** `rehearsal: 5/5 nodes Ready, VIP on m1, etcd 3/3 healthy, 87 s` */
export function lastLine({ nodes, vipHolders, etcd }: Status, seconds: number): string {
  const ready = nodes.filter((node) => node.ready === true).length;
  const healthy = etcd.filter(({ member }) => typeof member !== "string").length;
  const vip = vipHolders.length > 0 ? `on ${vipHolders.join(" and ")}` : "on nobody";
  return `rehearsal: ${ready}/${nodes.length} nodes Ready, VIP ${vip}, etcd ${healthy}/${etcd.length} healthy, ${Math.round(seconds)} s`;
}
