import { existsSync } from "node:fs";
import { readFile, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TripodError } from "../errors.ts";
import { kill, runProgram } from "../process.ts";
import { discard } from "./cache.ts";
import { groupsOf, processesIn, removeControlGroups } from "./control-groups.ts";
import { labFolders, restoring } from "./folders.ts";
import { local } from "./local.ts";
import { mountPoints } from "./mounts.ts";
import { networkExists, removeNetwork } from "./network.ts";
import { poll } from "./poll.ts";
import { processesWith } from "./processes.ts";

/**
 * Kills hosts that LXC can no longer stop, because their network, and with it LXC's control sockets, or their folder is missing. An intact
 * lab is not changed.
 */
export async function removeOrphans(lab: string): Promise<void> {
  const folderIsLost = !existsSync(labFolders(lab).record);
  if (folderIsLost || !networkExists(lab)) await removeControlGroups(lab);
  if (folderIsLost) await removeNetwork(lab);
}

/** Kills hosts that a killed `up` was about to start and that are not in a control group yet, by the argv of lxc-start. */
export async function endStarting(lab: string): Promise<void> {
  const folder = `--lxcpath=${labFolders(lab).hosts}`;
  await poll(10_000, undefined, async () => {
    const starting = await processesWith((argv) => argv.includes("lxc-start") && argv.includes(folder));
    for (const pid of starting) kill(pid, "SIGKILL");
    return starting.length === 0 || "lxc-start is still running";
  });
}

/**
 * Labs are identified by name; a lab with the same name in another state folder belongs to somebody else.
 * @throws TripodError E_LAB
 */
export async function assertOurs(lab: string): Promise<void> {
  const { hosts } = labFolders(lab);
  for (const pid of (await Promise.all((await groupsOf(lab)).map(processesIn))).flat()) {
    // LXC gives its monitors a title: "[lxc monitor] FOLDER CONTAINER".
    const title = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    const [, folder = hosts] = /^\[lxc monitor\] (.*) [^ ]+$/.exec(title.replaceAll("\0", " ").trimEnd()) ?? [];
    if (folder !== hosts && existsSync(folder))
      throw new TripodError("E_LAB", `another lab with the name ${lab} is running`, {
        why: `its folder is ${folder}, but this one's would be ${hosts}`,
        hint: "remove it with the XDG_STATE_HOME that created it, or change the inventory's name",
      });
  }
}

/** Whether anything of a lab exists, even of one that was only begun: files, network, or control groups. */
export async function hasParts(lab: string): Promise<boolean> {
  const files = [labFolders(lab).root, restoring(lab)];
  return files.some((file) => existsSync(file)) || networkExists(lab) || (await groupsOf(lab)).length > 0;
}

/** LXC keeps a lock file there for every container, under the path of its folder. */
const LXC_LOCKS = "/run/lxc/lock";

/** Unmounts everything in the lab's folder, and removes the folder. */
export async function removeFolder(lab: string): Promise<void> {
  const { root, hosts } = labFolders(lab);
  const inside = (await mountPoints()).filter(({ path }) => path.startsWith(`${root}/`));
  for (const { path } of inside.reverse()) await local(["umount", path]);
  await discard(root);
  await discard(restoring(lab));
  await discard(join(LXC_LOCKS, hosts));
  // And its parent folders that are empty.
  await runProgram([
    "sh",
    "-c",
    `cd ${LXC_LOCKS} && rmdir --parents --ignore-fail-on-non-empty ".$1"`,
    "sh",
    dirname(hosts),
  ]);
  await removeEmpty(dirname(root), dirname(dirname(root)));
}

/** Removes folders that are empty, the innermost first. */
export async function removeEmpty(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}
