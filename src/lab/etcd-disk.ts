import { constants } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { cached, type Progress } from "./cache.ts";
import { local } from "./local.ts";

/**
 * etcd's data has its own file system, as on a well-configured master, which can be filled up without affecting anything else: a file in
 * the host's folder, on a loop device.
 */
export interface EtcdDisk {
  readonly image: string;
  /** On this machine; the host sees it at /var/lib/etcd. */
  readonly mountPoint: string;
}

export function etcdDisk(hostFolder: string): EtcdDisk {
  return { image: join(hostFolder, "disks/etcd.ext4"), mountPoint: join(hostFolder, "disks/etcd") };
}

const SIZE = "512M";
/** No blocks are reserved for root: a full disk is full for etcd too. */
const FORMAT = ["mkfs.ext4", "-q", "-m", "0", "-N", "8192", "-E", "nodiscard,lazy_itable_init=0"];

/**
 * Writes need not be flushed to this machine's disk: after a host's power cut, the kernel is still running and has them in memory.
 * With barriers, a write of etcd would take twice as long as on this machine's file system.
 */
export const ETCD_DISK_OPTIONS = "loop,barrier=0";

/**
 * An empty disk, formatted once for all hosts: a file in the cache.
 * @param like the folder of a root file system where it will be mounted, and whose owner and mode it gets
 */
export async function emptyEtcdDisk(like: string, work: Progress): Promise<string> {
  const { uid, gid, mode } = await stat(like).catch(() => ({ uid: 0, gid: 0, mode: constants.S_IFDIR | 0o755 }));
  const folder = await cached("etcd-disk", { SIZE, FORMAT, uid, gid, mode }, work, async (partial) => {
    const image = join(partial, "empty.ext4");
    await local(["truncate", `--size=${SIZE}`, image]);
    await local([...FORMAT, image]);
    // etcd's folder must contain only etcd's data.
    for (const edit of ["rmdir lost+found", ...rootInode({ uid, gid, mode: `0${mode.toString(8)}` })])
      await local(["debugfs", "-w", "-R", edit, image]);
  });
  return join(folder, "empty.ext4");
}

function rootInode(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).map(([name, value]) => `set_inode_field / ${name} ${value}`);
}

export async function copyDisk(from: string, to: string): Promise<void> {
  await local(["cp", "--sparse=always", "--reflink=auto", from, to]);
}
