import { attempt } from "./local.ts";

/** Counted under Kubernetes: systemd 5, one each of logind, dbus and containerd, kubelet 5, and one each of kube-proxy and the controller manager. */
const IN_A_CLUSTER = 15;

/** Distributions that have raised it chose this; the kernel's own 128 carry eight hosts of a cluster. */
const STEP = 1024;

/**
 * All hosts are one kernel's, and its limit on inotify instances is for all of root's processes together. How many there should be.
 * @param used now; by hosts without Kubernetes, perhaps, that will use twice as many
 * @param starting how many hosts are about to start
 */
export function inotifyWanted(used: number, starting: number): number {
  return Math.ceil((2 * used + starting * IN_A_CLUSTER) / STEP) * STEP;
}

/** The inotify instances of this machine's processes. */
export async function inotifyInUse(): Promise<number> {
  const { stdout } = await attempt(["sh", "-c", "find /proc/[0-9]*/fd -lname anon_inode:inotify 2>/dev/null"]);
  return stdout.split("\n").length - 1;
}
