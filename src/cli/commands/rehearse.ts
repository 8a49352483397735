import { mkdir, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { TripodError } from "../../errors.ts";
import { inventoryOption } from "../../inventory/option.ts";
import type { RehearsalSetting } from "../../rehearsal.ts";
import type { Io } from "../io.ts";
import { clustersOf } from "../rehearsal-clusters.ts";
import { rehearsalAsked, type RehearsalOptions } from "../rehearsal-setting.ts";
import { rehearseOnScreen } from "../rehearsal.ts";
import { isInsideLab, loadTarget, onTarget } from "../target.ts";
import { releaseOption } from "./lab.ts";

interface RehearseOptions extends RehearsalOptions {
  readonly install?: boolean;
  readonly keep?: boolean;
  readonly down?: boolean;
}

/** What the process that runs inside the lab's network is told: when the rehearsal began, and whether its machines stood before. */
const SINCE = "TRIPOD_REHEARSAL_SINCE";
const STOOD = "TRIPOD_REHEARSAL_STOOD";

export function rehearseCommand(io: Io): Command {
  return new Command("rehearse")
    .description(
      "the same inventory on throw-away machines of this one: bring it up, break it, and read what came of it before it is done to real ones",
    )
    .option("-i, --inventory <file>", "the inventory, as it is for the real machines")
    .option("--then <file>", "apply this inventory on top, while clients ask; may be repeated", repeated)
    .option("--from <run>", "as in that rehearsal of `tripod report --list`, instead of --inventory and the rest")
    .option("--hosts <n>", "at most so many of its machines: all masters, and a sample of the workers", count)
    .option("--drill", "break it by the usual scenarios; the default")
    .option("--no-drill", "do not break it")
    .option("--all", "break it by every scenario that does not take the quorum away")
    .addOption(releaseOption())
    .option("--binaries <folder>", "Kubernetes from there; default: the official release")
    .option("--pristine", "machines with nothing but ssh and sudo, to prove the installation too")
    .option("--install", "install what is missing on this machine")
    .option("--keep", "leave the machines standing, to look at them: `tripod lab`, or --lab with any other command")
    .option("--down", "take the machines away that --keep has left, and do nothing else")
    .action((options: RehearseOptions) => rehearse(options, io));
}

function repeated(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

function count(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a number from 1 to 999.");
}

async function rehearse(options: RehearseOptions, io: Io): Promise<void> {
  const setting = await rehearsalAsked(options, io);
  if (isInsideLab(io)) return play(setting, io);
  const [inventory] = setting.inventories;
  const progress = (text: string) => io.stderr.write(`${text}\n`);
  if (options.down) {
    const { labDown } = await import("../../lab/index.ts");
    await labDown(await loadTarget({ inventory }, io), { progress, signal: io.signal });
    io.stdout.write(`the lab ${setting.cluster} is gone\n`);
    return;
  }
  const { locked } = await import("../../lab/file-lock.ts");
  const busy = () => progress(`another rehearsal of ${setting.cluster} is under way, waiting for it`);
  await locked(`rehearsal-${setting.cluster}`, busy, io.signal, () => onFreshMachines(setting, options, io));
}

/** Makes the machines, plays the rehearsal there, and takes them away again unless they stood before or are to stay. */
async function onFreshMachines(setting: RehearsalSetting, options: RehearseOptions, io: Io): Promise<void> {
  const { labDown, labExists, labUp, labHostNames, parseReleases } = await import("../../lab/index.ts");
  const { clusters, all } = await clustersOf(setting, io);
  const [inventory] = setting.inventories;
  const { binaries, pristine, release } = setting;
  const named = inventoryOption(inventory, io.cwd);
  const releases = release && { release: parseReleases(release, labHostNames(all)) };
  const stood = labExists(all.name);
  const progress = (text: string) => io.stderr.write(`${text}\n`);
  await noPageOfOld(pageOf(setting, io));
  io.env[SINCE] = String(Date.now());
  if (stood) io.env[STOOD] = "1";
  try {
    await labUp(all, {
      progress,
      signal: io.signal,
      install: options.install ?? false,
      pristine: pristine ?? false,
      ...releases,
      ...(binaries !== undefined && { binaries }),
    });
    io.signal.throwIfAborted();
    await onTarget({ inventory, lab: true }, io, () => Promise.resolve());
  } finally {
    if (!stood && !options.keep) {
      // Ctrl-C has ended the rehearsal, and is no reason to leave its machines behind.
      await labDown(all, { progress });
    } else if (labExists(all.name)) {
      const sampled = clusters[0].machines.length < all.machines.length || setting.machines !== undefined;
      const look = sampled ? `tripod lab ssh ${named} MACHINE` : `tripod status --lab ${named}`;
      const why = stood ? "stood before, and stands still" : "stands still";
      progress(`the lab ${all.name} ${why}: ${look}; away with it: tripod rehearse --down ${named}`);
    }
  }
}

/** Where the report of a rehearsal is kept. */
function pageOf({ cluster }: RehearsalSetting, io: Io): string {
  return resolve(io.cwd, "artifacts", `rehearsal-${cluster}.html`);
}

/** A rehearsal that does not come to its end must not leave an earlier one's page behind. @throws TripodError E_LOCAL */
async function noPageOfOld(page: string): Promise<void> {
  try {
    await mkdir(dirname(page), { recursive: true });
    await rm(page, { force: true });
  } catch (cause) {
    throw new TripodError("E_LOCAL", `cannot write ${page}`, { why: (cause as Error).message, cause });
  }
}

/** Inside the lab, from where the real machines cannot be reached. */
async function play(setting: RehearsalSetting, io: Io): Promise<void> {
  const [{ withLab }, { SCENARIOS }, { clusters }] = await Promise.all([
    import("../../lab/overrides.ts"),
    import("../../drills/index.ts"),
    clustersOf(setting, io),
  ]);
  const [first, ...others] = clusters;
  const scenarios = SCENARIOS.filter(({ name }) => setting.scenarios.includes(name));
  const mirrored = [withLab(first), ...others.map((cluster) => withLab(cluster))] as const;
  const since = Number(io.env[SINCE] ?? Date.now());
  const rehearsal = { setting, scenarios, clusters: mirrored, since, stood: io.env[STOOD] !== undefined };
  await rehearseOnScreen(rehearsal, io, async (events, id) => {
    const [{ rehearsalReport }, { saveReport }] = await Promise.all([
      import("../rehearsal-report.ts"),
      import("../drill-report.ts"),
    ]);
    const [page, text] = await Promise.all([rehearsalReport(events, "html"), rehearsalReport(events, "text")]);
    if (page === undefined || text === undefined) return;
    await saveReport(pageOf(setting, io), page);
    // What was only brought up has been told already.
    if (scenarios.length > 0 || others.length > 0) io.stdout.write(`\n${text}`);
    io.stdout.write(
      `its report is artifacts/rehearsal-${setting.cluster}.html; once more: tripod rehearse --from ${id}\n`,
    );
  });
}
