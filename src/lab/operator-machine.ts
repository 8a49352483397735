import { constants, existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Progress } from "./cache.ts";
import { inotifyInUse, inotifyWanted } from "./inotify.ts";
import { local } from "./local.ts";
import { lockedFile } from "./file-lock.ts";
import { mountPoints } from "./mounts.ts";
import { NAMESPACES } from "./names.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Paths on this machine. @internal exported for its test */
export interface Places {
  /** fs.inotify.max_user_instances. */
  readonly instances: string;
  /** The folder of `ip netns`, which mounts it on itself on first use. */
  readonly namespaces: string;
  /** The file with the recorded settings. */
  readonly memory: string;
  readonly lock: string;
}

const PLACES: Places = {
  instances: "/proc/sys/fs/inotify/max_user_instances",
  namespaces: NAMESPACES,
  memory: "/run/tripod/found.json",
  lock: "/run/tripod-labs.lock",
};

/** The settings of this machine before the first lab. */
interface Found {
  /** The boot in which they were recorded: a reboot restores everything. */
  readonly boot: string;
  readonly instances: number;
  /** The values that labs have set, or were about to set. */
  readonly raisedTo: readonly number[];
  readonly namespaces: "absent" | "a folder" | "mounted";
}

/**
 * Runs work on resources that all labs of this machine share, one process at a time. Only root can open the lock file, because any user
 * may lock a readable file. It stays, empty, until the next boot: another process may be waiting for it.
 */
export async function onOperatorMachine<T>(
  { progress, signal }: Progress,
  work: () => Promise<T>,
  { lock } = PLACES,
): Promise<T> {
  await (await open(lock, constants.O_CREAT | constants.O_RDONLY | constants.O_NOFOLLOW, 0o600)).close();
  return lockedFile(lock, () => progress("waiting for another lab that is created or removed"), signal, work);
}

/** Records the current settings before the first lab changes them. An existing record is kept. */
export async function recordSettings({ instances, namespaces, memory } = PLACES): Promise<void> {
  if (await readRecord(memory)) return;
  await mkdir(dirname(memory), { recursive: true });
  await write(memory, {
    boot: await bootId(),
    instances: await readNumber(instances),
    raisedTo: [],
    namespaces: !existsSync(namespaces) ? "absent" : (await isMounted(namespaces)) ? "mounted" : "a folder",
  });
}

/**
 * Raises the limit of inotify instances while labs exist, and reports it. A sufficient limit is not changed. Needs `recordSettings`.
 * @param starting number of hosts that are about to start
 */
export async function raiseInotifyLimit(
  starting: number,
  { progress }: Progress,
  { instances, memory } = PLACES,
): Promise<void> {
  if (starting === 0) return;
  const limit = await readNumber(instances);
  const wanted = inotifyWanted(await inotifyInUse(), starting);
  const found = await readRecord(memory);
  if (limit >= wanted || !found) return;
  await write(memory, { ...found, raisedTo: [...found.raisedTo, wanted] });
  await writeFile(instances, String(wanted)).then(
    () => progress(`fs.inotify.max_user_instances of this machine is ${wanted} instead of ${limit} while labs exist`),
    (error: unknown) =>
      progress(
        `warning: fs.inotify.max_user_instances of this machine is ${limit}; ${wanted} may be needed, but it cannot be raised: ${String(error)}`,
      ),
  );
}

/**
 * Restores this machine's settings after the last lab was removed. Values that somebody else has changed since then are kept.
 * @param standing the labs that still use it
 */
export async function restoreSettings(
  standing: readonly string[],
  { progress }: Pick<Progress, "progress">,
  { instances, namespaces, memory } = PLACES,
): Promise<void> {
  if (standing.length > 0) return;
  const found = await readRecord(memory);
  if (found?.raisedTo.includes(await readNumber(instances))) {
    await writeFile(instances, String(found.instances));
    progress(`fs.inotify.max_user_instances of this machine is ${found.instances} again`);
  }
  if (found && found.namespaces !== "mounted") await removeNamespaces(namespaces, found.namespaces === "absent");
  await rm(memory, { force: true });
  await rmdir(dirname(memory)).catch(() => undefined);
}

/** Unless other namespaces are in it. */
async function removeNamespaces(folder: string, folderToo: boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length > 0) return;
  if (await isMounted(folder)) await local(["umount", folder]);
  if (folderToo) await rmdir(folder).catch(() => undefined);
}

async function readRecord(memory: string): Promise<Found | undefined> {
  if (!existsSync(memory)) return undefined;
  const found = JSON.parse(await readFile(memory, "utf8")) as Found;
  return found.boot === (await bootId()) ? found : undefined;
}

function write(memory: string, found: Found): Promise<void> {
  return writeAtomically(memory, `${JSON.stringify(found, null, 2)}\n`);
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}

async function readNumber(file: string): Promise<number> {
  return Number(await readFile(file, "utf8"));
}

async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).some((mounted) => mounted.path === path);
}
