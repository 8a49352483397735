import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { TripodError } from "../../errors.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import type { RehearsalSetting } from "../../rehearsal.ts";
import type { Io } from "../io.ts";
import { rehearsalAsked, type RehearsalOptions } from "../rehearsal-setting.ts";
import { rehearseOnScreen } from "../rehearsal.ts";
import { isInsideLab, loadTarget, onTarget } from "../target.ts";
import { releaseOption } from "./lab.ts";

interface RehearseOptions extends RehearsalOptions {
  readonly install?: boolean;
  readonly keep?: boolean;
  readonly down?: boolean;
}

/** Where the report of a rehearsal is kept, from the working directory. */
const ARTIFACTS = "artifacts";

/** When the rehearsal began, for the process that runs inside the lab's network. */
const SINCE = "TRIPOD_REHEARSAL_SINCE";

export function rehearseCommand(io: Io): Command {
  return new Command("rehearse")
    .description(
      "the same inventory on throw-away machines of this one: bring it up, break it, and read what came of it before it is done to real ones",
    )
    .option("-i, --inventory <file>", "the inventory, as it is for the real machines")
    .option("--then <file>", "apply this inventory on top, while clients ask; may be repeated", repeated)
    .option("--from <run>", "as in that rehearsal of `tripod report --list`, instead of --inventory and the rest")
    .option("--hosts <n>", "at most so many machines: all masters, and a sample of the workers", count)
    .option("--no-drill", "do not break it")
    .option("--drill", "break it by the usual scenarios; the default")
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
  const [inventory] = setting.inventories;
  if (isInsideLab(io)) return play(setting, io);
  const [{ labDown, labStatus, labUp, labHostNames, parseReleases }, { united }] = await Promise.all([
    import("../../lab/index.ts"),
    import("../../inventory/sample.ts"),
  ]);
  const work = { progress: (text: string) => io.stderr.write(`${text}\n`) };
  if (options.down) {
    await labDown(await loadTarget({ inventory }, io), { ...work, signal: io.signal });
    io.stdout.write(`the lab ${setting.cluster} is gone\n`);
    return;
  }
  const [first, ...others] = await clustersOf(setting, io);
  const all = united(first, others);
  await mkdir(resolve(io.cwd, ARTIFACTS), { recursive: true });
  const stood = (await labStatus(all)).some(({ state }) => state === "running");
  io.env[SINCE] = String(Date.now());
  const { binaries, pristine, release } = setting;
  try {
    await labUp(all, {
      ...work,
      signal: io.signal,
      install: options.install ?? false,
      pristine: pristine ?? false,
      ...(release && { release: parseReleases(release, labHostNames(all)) }),
      ...(binaries !== undefined && { binaries }),
    });
    await onTarget({ inventory, lab: true }, io, () => Promise.resolve());
  } finally {
    if (stood || options.keep) io.stderr.write(`${leftStanding(first, stood)}\n`);
    // Ctrl-C has ended the rehearsal, and is no reason to leave its machines behind.
    else await labDown(all, work);
  }
}

function leftStanding({ name, file }: Cluster, stood: boolean): string {
  const why = stood ? "stood before, and stands still" : "stands still";
  return `the lab ${name} ${why}: tripod status --lab -i ${file}; away with it: tripod rehearse --down -i ${file}`;
}

/** Inside the lab, from where the real machines cannot be reached. */
async function play(setting: RehearsalSetting, io: Io): Promise<void> {
  const [{ withLab }, { SCENARIOS }, clusters] = await Promise.all([
    import("../../lab/overrides.ts"),
    import("../../drills/index.ts"),
    clustersOf(setting, io),
  ]);
  const [first, ...others] = clusters;
  const scenarios = SCENARIOS.filter(({ name }) => setting.scenarios.includes(name));
  const since = Number(io.env[SINCE] ?? Date.now());
  await rehearseOnScreen(
    { setting, scenarios, clusters: [withLab(first), ...others.map(withLab)], since },
    io,
    async (events) => {
      const [{ rehearsalReport }, { saveReport }] = await Promise.all([
        import("../rehearsal-report.ts"),
        import("../drill-report.ts"),
      ]);
      const file = `${ARTIFACTS}/rehearsal-${setting.cluster}.html`;
      const [page, text] = await Promise.all([rehearsalReport(events, "html"), rehearsalReport(events, "text")]);
      if (page === undefined || text === undefined) return;
      await saveReport(resolve(io.cwd, file), page);
      // What was only brought up has been told already.
      if (scenarios.length > 0 || others.length > 0) io.stdout.write(`\n${text}`);
      io.stdout.write(`the rehearsal's report is in ${file}\n`);
    },
  );
}

/** The inventories of a rehearsal, with no more machines than it is to have. @throws TripodError E_USAGE */
async function clustersOf(
  { inventories, machines }: RehearsalSetting,
  io: Io,
): Promise<readonly [Cluster, ...Cluster[]]> {
  const { sample, withWorkers } = await import("../../inventory/sample.ts");
  const [first, ...others] = await Promise.all(inventories.map((inventory) => loadTarget({ inventory }, io)));
  if (!first) throw new Error("a rehearsal has an inventory");
  for (const { name, file } of others)
    if (name !== first.name)
      throw new TripodError("E_USAGE", `${file} is of the cluster ${name}, and not of ${first.name}`, {
        hint: "what is applied on top has to be the next inventory of the same cluster",
      });
  if (machines === undefined) return [first, ...others];
  const fewer = sample(first, machines);
  const left = first.workers.filter(({ name }) => !fewer.workers.some((worker) => worker.name === name));
  return [
    fewer,
    ...others.map((other) => withWorkers(other, ({ name }) => !left.some((worker) => worker.name === name))),
  ];
}
