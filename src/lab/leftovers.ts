import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { discard } from "./cache.ts";
import { labFolders } from "./folders.ts";
import { local } from "./local.ts";
import { containerPrefix } from "./names.ts";
import { poll } from "./poll.ts";

/** Ends every process that still is in a control group of the lab's hosts, and removes the groups. */
export async function removeControlGroups(lab: string): Promise<void> {
  const mine = [`lxc.payload.${containerPrefix(lab)}`, `lxc.monitor.${containerPrefix(lab)}`];
  for (const hierarchy of await hierarchies()) {
    const names = await readdir(hierarchy).catch(() => []);
    for (const name of names.filter((found) => mine.some((prefix) => found.startsWith(prefix))))
      await removeGroup(join(hierarchy, name));
    // LXC's waiting room for processes it moves; it stays when it is not empty.
    await rmdir(join(hierarchy, "lxc.pivot")).catch(() => undefined);
  }
}

async function removeGroup(group: string): Promise<void> {
  await poll(10_000, undefined, async () => {
    for (const pid of await processesIn(group)) kill(pid);
    return rmdirTree(group);
  });
}

async function processesIn(group: string): Promise<number[]> {
  const own = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
  const inside = await Promise.all((await subgroups(group)).map(processesIn));
  return [
    ...own
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0),
    ...inside.flat(),
  ];
}

async function subgroups(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
}

async function rmdirTree(group: string): Promise<true | string> {
  for (const inner of await subgroups(group)) await rmdirTree(inner);
  return rmdir(group).then(
    () => true,
    (error: unknown) => (isGone(error) ? true : String(error)),
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}

/** Mount points of every control group hierarchy of this machine, of version 1 and 2. */
async function hierarchies(): Promise<string[]> {
  const mounts = await mountPoints();
  return mounts.filter(({ type }) => type === "cgroup" || type === "cgroup2").map(({ path }) => path);
}

/** Unmounts what is mounted in the lab's folder and removes it with everything in it. */
export async function removeFolder(lab: string): Promise<void> {
  const { root } = labFolders(lab);
  const inside = (await mountPoints()).filter(({ path }) => path.startsWith(`${root}/`));
  for (const { path } of inside.reverse()) await local(["umount", path]);
  await discard(root);
  for (const parent of [join(root, ".."), join(root, "../..")]) await rmdir(parent).catch(() => undefined);
}

/** proc_pid_mountinfo(5): … mount point (5th) … - type. Later ones may lie on earlier ones. */
async function mountPoints(): Promise<{ path: string; type: string }[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8");
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const path = before.split(" ")[4];
    const type = after.split(" ")[0];
    return path && type ? [{ path, type }] : [];
  });
}
