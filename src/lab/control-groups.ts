import { existsSync } from "node:fs";
import { readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { kill } from "../process.ts";
import { mountPoints } from "./mounts.ts";
import { containerPrefix } from "./names.ts";
import { poll } from "./poll.ts";

/** The control groups of a lab's hosts, and of the LXC monitors that watch them, in every hierarchy of this machine. */
export async function groupsOf(lab: string): Promise<string[]> {
  const mine = [`lxc.payload.${containerPrefix(lab)}`, `lxc.monitor.${containerPrefix(lab)}`];
  const found = await Promise.all((await hierarchies()).map(subgroups));
  return found
    .flat()
    .filter((group) => mine.some((prefix) => group.slice(group.lastIndexOf("/") + 1).startsWith(prefix)));
}

/** Kills every process in the lab's control groups, and removes the groups. */
export async function removeControlGroups(lab: string): Promise<void> {
  for (const group of await groupsOf(lab)) {
    await poll(10_000, undefined, async () => {
      for (const pid of await processesIn(group)) kill(pid, "SIGKILL");
      return rmdirTree(group);
    });
  }
  // LXC's temporary group for processes that it moves; it stays if another lab's process is in it.
  for (const hierarchy of await hierarchies()) await rmdir(join(hierarchy, "lxc.pivot")).catch(() => undefined);
}

export async function processesIn(group: string): Promise<number[]> {
  const own = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
  const inside = await Promise.all((await subgroups(group)).map(processesIn));
  // 0 is a process that is not visible here; for kill(2) it would be our own process group.
  return [...own.split("\n").map(Number), ...inside.flat()].filter((pid) => pid > 0);
}

/** Of version 1 and 2. */
async function hierarchies(): Promise<string[]> {
  return (await mountPoints()).filter(({ type }) => type === "cgroup" || type === "cgroup2").map(({ path }) => path);
}

async function subgroups(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
}

/** True if it was removed, or the reason why not. */
async function rmdirTree(group: string): Promise<true | string> {
  for (const inner of await subgroups(group)) await rmdirTree(inner);
  return rmdir(group).then(
    () => true,
    (error: unknown) => !existsSync(group) || String(error),
  );
}
