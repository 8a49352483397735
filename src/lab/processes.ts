import { readdir, readFile } from "node:fs/promises";

/** The processes of this machine whose argv matches. A pid that was recorded earlier could be another process by now. */
export async function processesWith(matches: (argv: readonly string[]) => boolean): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const argvs = await Promise.all(pids.map(argvOf));
  return pids.filter((_, index) => matches(argvs[index] ?? []));
}

/** Empty for a process that has ended. */
async function argvOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
}
