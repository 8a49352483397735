import { mkdir, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { Cluster } from "../../inventory/cluster.ts";
import { inventoryOption } from "../../inventory/option.ts";
import type { RehearsedClusters } from "../../rehearsal/clusters.ts";
import type { RehearsalSetting } from "../../rehearsal/events.ts";
import { bundled, withBundleOption } from "../bundled.ts";
import type { Io } from "../io.ts";
import { cannotWrite, mustBeWritable } from "../output-file.ts";
import { type RehearsalOptions, settingOf } from "../rehearsal-options.ts";
import { isInsideLab, loadTarget, onTarget } from "../target.ts";
import { binariesOption, labRemoved, releaseOption } from "./lab.ts";

interface RehearseOptions extends RehearsalOptions {
  readonly install?: boolean;
  readonly keep?: boolean;
  readonly down?: boolean;
}

/** Passed to the process inside the lab's network: when the rehearsal began, and whether its machines existed before. */
const SINCE = "TRIPOD_REHEARSAL_SINCE";
const EXISTED = "TRIPOD_REHEARSAL_LAB_EXISTED";

export function rehearseCommand(io: Io): Command {
  return withBundleOption(new Command("rehearse"))
    .description(
      "apply an inventory to local throw-away machines, run a drill, and report the results, before it is applied to the real machines",
    )
    .option(
      "-i, --inventory <file>",
      "the inventory, with the keys that containers need (required, except with --from)",
    )
    .option("--then <file>", "then apply this inventory on top, while clients send requests; may be repeated", repeated)
    .option("--from <run>", "repeat this rehearsal from `tripod report --list`; instead of --inventory and its options")
    .option("--hosts <n>", "use at most this many machines: all masters, and a sample of the workers", count)
    .option("--drill", "run the usual scenarios of the drill (default)")
    .option("--no-drill", "run no drill")
    .option("--all", "run every scenario of the drill except those that stop reads and writes")
    .addOption(releaseOption())
    .addOption(binariesOption())
    .option("--pristine", "create machines with only ssh and sudo, to test the installation of packages too")
    .option("--install", "install missing packages on this machine")
    .option("--keep", "leave the machines running, for `tripod lab`, or any other command with --lab")
    .option("--down", "only remove the machines that --keep left running")
    .action((options: RehearseOptions) => rehearseOnLab(options, io));
}

function repeated(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Must be a whole number from 1 to 999.");
}

async function rehearseOnLab(options: RehearseOptions, io: Io): Promise<void> {
  const setting = await settingOf(options, io);
  if (isInsideLab(io)) return insideLab(setting, io);
  const [inventory] = setting.inventories;
  const progress = progressOn(io);
  if (options.down) {
    const { labDown } = await import("../../lab/index.ts");
    const existed = await labDown(await loadTarget({ inventory }, io), { progress, signal: io.signal });
    io.stdout.write(`${labRemoved(setting.cluster, existed)}\n`);
    return;
  }
  const { locked } = await import("../../lab/file-lock.ts");
  const busy = () => progress(`another rehearsal of ${setting.cluster} is running; waiting for it`);
  await locked(`rehearsal-${setting.cluster}`, busy, io.signal, () => onFreshMachines(setting, options, io));
}

function progressOn({ stderr }: Io): (text: string) => void {
  return (text) => void stderr.write(`${text}\n`);
}

async function clustersOf(setting: RehearsalSetting, io: Io): Promise<RehearsedClusters> {
  const { rehearsedClusters } = await import("../../rehearsal/clusters.ts");
  const loaded = setting.inventories.map((inventory) => loadTarget({ inventory }, io));
  return rehearsedClusters((await Promise.all(loaded)) as [Cluster, ...Cluster[]], setting);
}

/** Creates the machines, rehearses on them, and removes them again unless they existed before or --keep is set. */
async function onFreshMachines(setting: RehearsalSetting, options: RehearseOptions, io: Io): Promise<void> {
  const { labDown, labExists, labUp, labHostNames, parseReleases } = await import("../../lab/index.ts");
  const rehearsed = await clustersOf(setting, io);
  const { all } = rehearsed;
  const { binaries, pristine, release, bundle } = setting;
  const releases = release && { release: parseReleases(release, labHostNames(all)) };
  // Before machines are created: a bundle for another inventory is no use.
  if (bundle !== undefined) for (const cluster of rehearsed.clusters) await bundled(cluster, bundle, io);
  const existed = labExists(all.name);
  const progress = progressOn(io);
  await removeOldPage(pageOf(setting, io));
  io.env[SINCE] = String(Date.now());
  if (existed) io.env[EXISTED] = "1";
  try {
    await labUp(all, {
      progress,
      signal: io.signal,
      install: options.install ?? false,
      pristine: pristine ?? false,
      ...releases,
      ...(binaries !== undefined && { binaries }),
      // Everything is in the bundle: the lab needs no Kubernetes.
      ...(bundle !== undefined && { hostsOnly: true }),
    });
    io.signal.throwIfAborted();
    await onTarget({ inventory: setting.inventories[0], lab: true }, io, () => Promise.resolve());
  } finally {
    // Without a signal: the machines are removed after Ctrl-C too.
    if (!existed && !options.keep) await labDown(all, { progress });
    else if (labExists(all.name)) progress(leftRunning(setting, rehearsed, existed, io));
  }
}

/** What is left running, with the commands that show and remove it. */
function leftRunning(
  { inventories: [inventory], machines }: RehearsalSetting,
  { clusters, all }: RehearsedClusters,
  existed: boolean,
  io: Io,
): string {
  const named = inventoryOption(inventory, io.cwd);
  const sampled = clusters[0].machines.length < all.machines.length || machines !== undefined;
  const look = sampled ? `tripod lab ssh ${named} MACHINE` : `tripod status --lab ${named}`;
  const why = existed ? "was already running; left running" : "is left running";
  return `the lab ${all.name} ${why}: ${look}; to remove it: tripod rehearse --down ${named}`;
}

/** The file of a rehearsal's report. */
function pageOf({ cluster }: RehearsalSetting, io: Io): string {
  return resolve(io.cwd, "artifacts", `rehearsal-${cluster}.html`);
}

/** A rehearsal that is killed must not leave the page of an earlier one. @throws TripodError E_LOCAL */
async function removeOldPage(page: string): Promise<void> {
  try {
    await mkdir(dirname(page), { recursive: true });
    await rm(page, { force: true });
  } catch (cause) {
    throw cannotWrite(page, cause);
  }
  await mustBeWritable(page);
}

/** Rehearses inside the lab's network namespace, from which the real machines cannot be reached. */
async function insideLab(setting: RehearsalSetting, io: Io): Promise<void> {
  const [{ withLab }, { SCENARIOS }, { actionsOnScreen }, { rehearseOnScreen }, rehearsed] = await Promise.all([
    import("../../lab/overrides.ts"),
    import("../../drills/index.ts"),
    import("../rehearsal-actions.ts"),
    import("../rehearsal-screen.ts"),
    clustersOf(setting, io),
  ]);
  const { bundle } = setting;
  const onLab = async (cluster: Cluster) =>
    bundle === undefined ? withLab(cluster) : bundled(cluster, bundle, io, withLab(cluster));
  const [first, ...others] = rehearsed.clusters;
  const scenarios = SCENARIOS.filter(({ name }) => setting.scenarios.includes(name));
  const run = {
    setting,
    clusters: [await onLab(first), ...(await Promise.all(others.map(onLab)))] as const,
    since: Number(io.env[SINCE] ?? Date.now()),
    existed: io.env[EXISTED] !== undefined,
    actions: actionsOnScreen(scenarios, io),
  };
  await rehearseOnScreen(run, io, async (events, id) => {
    const [{ rehearsalReport }, { saveReport }] = await Promise.all([
      import("../rehearsal-report.ts"),
      import("../drill-report.ts"),
    ]);
    const [page, text] = await Promise.all([rehearsalReport(events, "html"), rehearsalReport(events, "text")]);
    if (page === undefined || text === undefined) return;
    await saveReport(pageOf(setting, io), page);
    // A rehearsal that only applies one inventory has printed everything already.
    if (scenarios.length > 0 || others.length > 0) io.stdout.write(`\n${text}`);
    io.stdout.write(
      `report: artifacts/rehearsal-${setting.cluster}.html; to repeat the rehearsal: tripod rehearse --from ${id}\n`,
    );
  });
}
