import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TripodError } from "../errors.ts";
import type { RehearsalEvent, RehearsalSetting } from "../rehearsal/events.ts";
import type { Io } from "./io.ts";
import { isInsideLab, loadTarget, mustBeReadableAgain } from "./target.ts";

/** The options of `tripod rehearse` that a later rehearsal can repeat. */
export interface RehearsalOptions {
  readonly inventory?: string;
  readonly then?: readonly string[];
  readonly from?: string;
  readonly hosts?: number;
  /** Absent: a drill with the usual scenarios. */
  readonly drill?: boolean;
  readonly all?: boolean;
  readonly release?: readonly string[];
  readonly binaries?: string;
  readonly pristine?: boolean;
  readonly bundle?: string;
}

/** The setting that the options describe. @throws TripodError E_USAGE */
export async function settingOf(options: RehearsalOptions, io: Io): Promise<RehearsalSetting> {
  const { inventory, then = [], from, hosts, release, binaries, pristine, bundle } = options;
  if (from !== undefined) return repeated(from, options, io);
  if (inventory === undefined)
    throw new TripodError("E_USAGE", "required option '-i, --inventory <file>' not specified", {
      hint: "`tripod rehearse --help` shows all options",
    });
  const [{ name }, scenarios] = await Promise.all([loadTarget({ inventory }, io), scenariosOf(options)]);
  for (const file of [inventory, ...then]) mustBeReadableAgain(file, "a rehearsal", io);
  const inventories = [resolve(io.cwd, inventory), ...then.map((file) => resolve(io.cwd, file))] as const;
  return {
    cluster: name,
    inventories,
    digests: await Promise.all(inventories.map(digestOf)),
    scenarios,
    ...(hosts !== undefined && { machines: hosts }),
    ...(release && { release }),
    ...(binaries !== undefined && { binaries: resolve(io.cwd, binaries) }),
    ...(pristine && { pristine }),
    ...(bundle !== undefined && { bundle: resolve(io.cwd, bundle) }),
  };
}

async function scenariosOf({ drill, all }: RehearsalOptions): Promise<string[]> {
  if (drill === false && all)
    throw new TripodError("E_USAGE", "--no-drill and --all exclude each other", { hint: "use one of them" });
  if (drill === false) return [];
  const { SCENARIOS } = await import("../drills/index.ts");
  return SCENARIOS.filter(({ usual, stops }) => !stops && (usual || all)).map(({ name }) => name);
}

/** The setting of an earlier rehearsal, with its inventories as they are now. */
async function repeated(run: string, options: RehearsalOptions, io: Io): Promise<RehearsalSetting> {
  const others = (
    ["inventory", "then", "hosts", "drill", "all", "release", "binaries", "pristine", "bundle"] as const
  ).filter((name) => options[name] !== undefined);
  if (others.length > 0)
    throw new TripodError("E_USAGE", `use either --from or --${others[0] ?? ""}`, {
      hint: "--from repeats a rehearsal with all of its options",
    });
  const { isRehearsal, listRuns, readRun } = await import("../record.ts");
  const found = listRuns(io.env).find(({ id }) => id === run);
  const events = found && readRun(found.path);
  const start = events && isRehearsal(events) ? startOf(events) : undefined;
  if (!start)
    throw new TripodError("E_USAGE", `${run} is not a recorded rehearsal`, {
      hint: "`tripod report --list` lists the recorded runs",
    });
  const { setting } = start;
  for (const [index, file] of setting.inventories.entries())
    if (!isInsideLab(io) && (await digestOf(file)) !== setting.digests[index])
      io.stderr.write(`${file} has changed since ${run}: its current contents are used\n`);
  const { name } = await loadTarget({ inventory: setting.inventories[0] }, io);
  return { ...setting, cluster: name, digests: await Promise.all(setting.inventories.map(digestOf)) };
}

function startOf(events: readonly RehearsalEvent[]) {
  return events.find((event) => event.type === "rehearsal.start");
}

async function digestOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new TripodError("E_USAGE", `cannot read ${file}`, {
      why: (cause as Error).message,
      hint: "check that it exists and that you may read it",
      cause,
    });
  });
  return createHash("sha256").update(bytes).digest("hex");
}
