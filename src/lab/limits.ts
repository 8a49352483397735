import { readFile } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import { attempt } from "./local.ts";

/** Counted on hosts of Debian 12: systemd 5, and one each of logind, dbus and containerd. */
const BOOTED = 8;
/** And under Kubernetes: kubelet 5, and one each of kube-proxy and the controller manager. */
const IN_A_CLUSTER = 15;

/**
 * All hosts are one kernel's, and its limit on inotify instances (128 by default: eight hosts in a cluster) is for all of root's processes
 * together. It is the operator's to raise, not ours.
 * @param starting how many hosts are about to start
 * @returns a warning where there is room for the hosts, but not for Kubernetes on them
 * @throws TripodError E_LAB where systemd on the hosts could not even start
 */
export async function inotifyRoom(starting: number): Promise<string | undefined> {
  if (starting === 0) return undefined;
  const limit = Number(await readFile("/proc/sys/fs/inotify/max_user_instances", "utf8"));
  const { stdout } = await attempt(["sh", "-c", "find /proc/[0-9]*/fd -lname anon_inode:inotify 2>/dev/null"]);
  const used = stdout.split("\n").length - 1;
  const why = `this kernel allows root ${limit} inotify instances, ${used} are in use`;
  const hint = "allow more on this machine: sysctl fs.inotify.max_user_instances=1024";
  if (used + starting * BOOTED > limit)
    throw new TripodError("E_LAB", `there is no room for ${starting} more hosts`, { why, hint });
  return used + starting * IN_A_CLUSTER > limit ? `careful: ${why}; Kubernetes may need more. ${hint}` : undefined;
}
