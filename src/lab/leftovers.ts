import { existsSync } from "node:fs";
import { readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { discard } from "./cache.ts";
import { groupsOf, processesIn, removeControlGroups } from "./control-groups.ts";
import { labFolders } from "./folders.ts";
import { local } from "./local.ts";
import { mountPoints } from "./mounts.ts";
import { networkExists, removeNetwork } from "./network.ts";

/**
 * Ends hosts that cannot be told to end any more: their network is lost, and LXC's control sockets with it, or the folder they were made
 * in. What is whole is left alone.
 */
export async function removeStrays(lab: string): Promise<void> {
  const folderIsLost = !existsSync(labFolders(lab).record);
  if (folderIsLost || !networkExists(lab)) await removeControlGroups(lab);
  if (folderIsLost) await removeNetwork(lab);
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

/** Unmounts what is mounted in the lab's folder, and removes it with everything in it. */
export async function removeFolder(lab: string): Promise<void> {
  const { root } = labFolders(lab);
  const inside = (await mountPoints()).filter(({ path }) => path.startsWith(`${root}/`));
  for (const { path } of inside.reverse()) await local(["umount", path]);
  await discard(root);
  for (const parent of [join(root, ".."), join(root, "../..")]) await rmdir(parent).catch(() => undefined);
}
