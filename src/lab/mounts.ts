import { readFile } from "node:fs/promises";

export interface MountPoint {
  readonly path: string;
  /** Of the file system. */
  readonly type: string;
}

/** What is mounted where this process sees it, in the order of mounting: proc_pid_mountinfo(5). */
export async function mountPoints(): Promise<MountPoint[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8");
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [path, type] = [before.split(" ")[4], after.split(" ")[0]];
    return path && type ? [{ path, type }] : [];
  });
}
