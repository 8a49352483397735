import { existsSync } from "node:fs";
import { readdir, readFile, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TripodError } from "../errors.ts";
import { discard } from "./cache.ts";
import { groupsOf, processesIn, removeControlGroups } from "./control-groups.ts";
import { labFolders, restoring } from "./folders.ts";
import { kill } from "./kill.ts";
import { attempt, local } from "./local.ts";
import { mountPoints } from "./mounts.ts";
import { networkExists, removeNetwork } from "./network.ts";
import { poll } from "./poll.ts";

/**
 * Ends hosts that cannot be told to end any more: their network is lost, and LXC's control sockets with it, or the folder they were made
 * in. What is whole is left alone.
 */
export async function removeStrays(lab: string): Promise<void> {
  const folderIsLost = !existsSync(labFolders(lab).record);
  if (folderIsLost || !networkExists(lab)) await removeControlGroups(lab);
  if (folderIsLost) await removeNetwork(lab);
}

/** Ends what a killed `up` was about to start, and what is not in a control group of the lab's yet: by the argv of our own lxc-start. */
export async function endStarting(lab: string): Promise<void> {
  const folder = `--lxcpath=${labFolders(lab).hosts}`;
  await poll(10_000, undefined, async () => {
    const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
    const argvs = await Promise.all(pids.map(async (pid) => [pid, await argvOf(pid)] as const));
    const starting = argvs.filter(([, argv]) => argv.includes("lxc-start") && argv.includes(folder));
    for (const [pid] of starting) kill(pid, "SIGKILL");
    return starting.length === 0 || "lxc-start is still there";
  });
}

/** Empty for a process that has ended. */
async function argvOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
}

/**
 * Labs are known by name; a lab of the same name that lives in another state folder is somebody else's.
 * @throws TripodError E_LAB
 */
export async function mustBeOurs(lab: string): Promise<void> {
  const { hosts } = labFolders(lab);
  for (const pid of (await Promise.all((await groupsOf(lab)).map(processesIn))).flat()) {
    // LXC gives its monitors a title: "[lxc monitor] FOLDER CONTAINER".
    const title = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    const [, folder = hosts] = /^\[lxc monitor\] (.*) [^ ]+$/.exec(title.replaceAll("\0", " ").trimEnd()) ?? [];
    if (folder !== hosts && existsSync(folder))
      throw new TripodError("E_LAB", `another lab of the name ${lab} is up`, {
        why: `its folder is ${folder}, and this one's would be ${hosts}`,
        hint: "take that one away with the XDG_STATE_HOME it was made with, or give the inventory another name",
      });
  }
}

/** LXC keeps a file there for every container it has been asked about, under the path of its folder. */
const LXC_LOCKS = "/run/lxc/lock";

/** Unmounts what is mounted in the lab's folder, and removes it with everything in it. */
export async function removeFolder(lab: string): Promise<void> {
  const { root, hosts } = labFolders(lab);
  const inside = (await mountPoints()).filter(({ path }) => path.startsWith(`${root}/`));
  for (const { path } of inside.reverse()) await local(["umount", path]);
  await discard(root);
  await discard(restoring(lab));
  await discard(join(LXC_LOCKS, hosts));
  // And the folders on the way to it that nobody else has anything in.
  await attempt([
    "sh",
    "-c",
    `cd ${LXC_LOCKS} && rmdir --parents --ignore-fail-on-non-empty ".$1"`,
    "sh",
    dirname(hosts),
  ]);
  await removeEmpty(dirname(root), dirname(dirname(root)));
}

/** Folders that nobody has anything in any more, the innermost first. */
export async function removeEmpty(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}
