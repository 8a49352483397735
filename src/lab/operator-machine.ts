import { constants, existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Progress } from "./cache.ts";
import { inotifyInUse, inotifyWanted } from "./inotify.ts";
import { local } from "./local.ts";
import { lockedFile } from "./lock.ts";
import { mountPoints } from "./mounts.ts";
import { NAMESPACES } from "./names.ts";
import { writeWhole } from "./write-whole.ts";

/** Where things are on this machine. */
export interface Places {
  /** fs.inotify.max_user_instances. */
  readonly instances: string;
  /** The folder of `ip netns`, which it mounts on itself the first time it is used. */
  readonly namespaces: string;
  /** What is remembered, in a folder of its own. */
  readonly memory: string;
  readonly lock: string;
}

const PLACES: Places = {
  instances: "/proc/sys/fs/inotify/max_user_instances",
  namespaces: NAMESPACES,
  memory: "/run/tripod/found.json",
  lock: "/run/tripod-labs.lock",
};

/** How the first lab found this machine. */
interface Found {
  /** In which boot: another one put everything back by itself. */
  readonly boot: string;
  readonly instances: number;
  /** What labs have made, or were about to make, of it. */
  readonly raisedTo: readonly number[];
  readonly namespaces: "absent" | "a folder" | "mounted";
}

/**
 * Does work on what all labs of this machine share, one process at a time. The lock is a file that root alone can open: anybody may lock
 * what he can read. It stays, empty, until the next boot: another process may be waiting for this very file.
 */
export async function onOperatorMachine<T>(
  { progress, signal }: Progress,
  work: () => Promise<T>,
  { lock } = PLACES,
): Promise<T> {
  await (await open(lock, constants.O_CREAT | constants.O_RDONLY | constants.O_NOFOLLOW, 0o600)).close();
  return lockedFile(lock, () => progress("another lab comes or goes, waiting for it"), signal, work);
}

/** Before the first lab makes anything: how it is now. What an earlier lab remembers stays as it is. */
export async function rememberFound({ instances, namespaces, memory } = PLACES): Promise<void> {
  if (await recall(memory)) return;
  await mkdir(dirname(memory), { recursive: true });
  await write(memory, {
    boot: await bootId(),
    instances: await readNumber(instances),
    raisedTo: [],
    namespaces: !existsSync(namespaces) ? "absent" : (await isMounted(namespaces)) ? "mounted" : "a folder",
  });
}

/**
 * Room for the hosts' inotify instances: raised while labs stand, and said aloud. What is enough is left alone. Needs `rememberFound`.
 * @param starting how many hosts are about to start
 */
export async function makeRoom(
  starting: number,
  { progress }: Progress,
  { instances, memory } = PLACES,
): Promise<void> {
  if (starting === 0) return;
  const limit = await readNumber(instances);
  const wanted = inotifyWanted(await inotifyInUse(), starting);
  const found = await recall(memory);
  if (limit >= wanted || !found) return;
  await write(memory, { ...found, raisedTo: [...found.raisedTo, wanted] });
  await writeFile(instances, String(wanted)).then(
    () => progress(`fs.inotify.max_user_instances of this machine is ${wanted} instead of ${limit} while labs stand`),
    (error: unknown) =>
      progress(
        `careful: fs.inotify.max_user_instances of this machine is ${limit}, more than ${wanted} may be needed, and it cannot be raised: ${String(error)}`,
      ),
  );
}

/**
 * When the last lab has gone: everything as the first one found it. What somebody else has changed since then is theirs.
 * @param standing the labs that still use it
 */
export async function putBack(
  standing: readonly string[],
  { progress }: Pick<Progress, "progress">,
  { instances, namespaces, memory } = PLACES,
): Promise<void> {
  if (standing.length > 0) return;
  const found = await recall(memory);
  if (found?.raisedTo.includes(await readNumber(instances))) {
    await writeFile(instances, String(found.instances));
    progress(`fs.inotify.max_user_instances of this machine is ${found.instances} again`);
  }
  if (found && found.namespaces !== "mounted") await removeNamespaces(namespaces, found.namespaces === "absent");
  await rm(memory, { force: true });
  await rmdir(dirname(memory)).catch(() => undefined);
}

/** Unless there is somebody else's in it. */
async function removeNamespaces(folder: string, folderToo: boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length > 0) return;
  if (await isMounted(folder)) await local(["umount", folder]);
  if (folderToo) await rmdir(folder).catch(() => undefined);
}

async function recall(memory: string): Promise<Found | undefined> {
  if (!existsSync(memory)) return undefined;
  const found = JSON.parse(await readFile(memory, "utf8")) as Found;
  return found.boot === (await bootId()) ? found : undefined;
}

function write(memory: string, found: Found): Promise<void> {
  return writeWhole(memory, `${JSON.stringify(found, null, 2)}\n`);
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
