import { readFile } from "node:fs/promises";

export interface MountPoint {
  readonly path: string;
  /** Of the file system. */
  readonly type: string;
}

/** All mounts that this process sees, in mount order: proc_pid_mountinfo(5). */
export async function mountPoints(): Promise<MountPoint[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8");
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [path, type] = [before.split(" ")[4], after.split(" ")[0]];
    return path && type ? [{ path, type }] : [];
  });
}
