import { runProgram } from "../process.ts";

/** Counted under Kubernetes: systemd 5, one each of logind, dbus and containerd, kubelet 5, and one each of kube-proxy and the controller manager. */
const IN_A_CLUSTER = 15;

/** Distributions that raise the limit use this; the kernel's 128 are enough for eight hosts of a cluster. */
const STEP = 1024;

/**
 * The required limit of inotify instances: all hosts share one kernel, and the limit applies to all of root's processes together.
 * @param used current number; running hosts without Kubernetes may use twice as many later
 * @param starting number of hosts that are about to start
 */
export function inotifyWanted(used: number, starting: number): number {
  return Math.ceil((2 * used + starting * IN_A_CLUSTER) / STEP) * STEP;
}

/** The inotify instances of this machine's processes. */
export async function inotifyInUse(): Promise<number> {
  const { stdout } = await runProgram(["sh", "-c", "find /proc/[0-9]*/fd -lname anon_inode:inotify 2>/dev/null"]);
  return stdout.split("\n").length - 1;
}
