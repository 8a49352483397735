import { readFile } from "node:fs/promises";
import { runningContainers } from "./control-groups.ts";

/** Seen on a master under Kubernetes 1.20: systemd 5, kubelet 5, and one each of logind, dbus, containerd, kube-proxy, controller-manager. */
const INSTANCES_PER_HOST = 15;

/** What the machine's own services may use. */
const RESERVE = 10;

/**
 * All hosts are one kernel's, and its limit on inotify instances is for all of root's processes together; 128 by default, which is one lab
 * of seven hosts. Beyond it services fail with "too many open files". The limit is the operator's to raise, not ours.
 * @param starting how many hosts are about to start
 * @returns a sentence for the operator, or undefined where there is room
 */
export async function inotifyWarning(starting: number): Promise<string | undefined> {
  const limit = Number(await readFile("/proc/sys/fs/inotify/max_user_instances", "utf8"));
  const hosts = (await runningContainers()) + starting;
  if (hosts * INSTANCES_PER_HOST + RESERVE <= limit) return undefined;
  return `careful: ${hosts} hosts may need ${hosts * INSTANCES_PER_HOST} inotify instances, and this kernel allows ${limit}; \`sysctl fs.inotify.max_user_instances=1024\` allows more`;
}
