import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { runProgram } from "../process.ts";
import { ETCD_DISK_OPTIONS, etcdDisk } from "./etcd-disk.ts";
import { labFolders } from "./folders.ts";
import { local } from "./local.ts";
import { untilReleased } from "./loop-devices.ts";
import { containerName, containerPrefix } from "./names.ts";
import { inNetwork, networkExists } from "./network.ts";

/**
 * The mount namespace in which a host starts, and which ends with it.
 * - LXC looks for the bridge in /sys/class/net, so it needs the sysfs of the lab's namespace. `ip netns exec` would provide that, but
 *   hide the cgroups; this script keeps them.
 * - etcd's disk is mounted here and nowhere else: its mount, and with it the loop device, ends with the last process of the host.
 */
const MOUNTS = `
set -e
mount -t sysfs sysfs /mnt
mount --rbind /sys/fs/cgroup /mnt/fs/cgroup
mount --move /mnt /sys
[ ! -e "$1" ] || mount -t ext4 -o ${ETCD_DISK_OPTIONS} "$1" "$2"
shift 2
exec "$@"
`;
const WITH_MOUNTS = ["unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNTS, "sh"];

/** @throws TripodError E_LAB with the end of LXC's own log */
export async function startHost(lab: string, machine: string): Promise<void> {
  const { hosts } = labFolders(lab);
  const name = containerName(lab, machine);
  const log = join(hosts, name, "lxc.log");
  const start = [
    "lxc-start",
    `--lxcpath=${hosts}`,
    `--name=${name}`,
    "--daemon",
    `--logfile=${log}`,
    "--logpriority=WARN",
  ];
  const { image, mountPoint } = etcdDisk(join(hosts, name));
  // A host that was just switched off may still use it: mounted twice, it would be corrupted.
  await untilReleased(image);
  const { code, stderr } = await runProgram([...inNetwork(lab), ...WITH_MOUNTS, image, mountPoint, ...start]);
  if (code === 0) return;
  const { stdout } = await runProgram(["tail", "-n", "12", log]);
  throw new TripodError("E_LAB", "LXC could not start the host", {
    host: machine,
    why: `${start.join(" ")}\n${stderr.trim()}\n${stdout}`,
    hint: `see the complete log in ${log}; \`tripod lab down -i FILE\` removes the lab`,
  });
}

/** A power cut: every process of the host ends at once, and nothing is written back. False if it was not running. */
export async function cutPower(lab: string, machine: string): Promise<boolean> {
  const name = containerName(lab, machine);
  const { code } = await runProgram([
    ...inNetwork(lab),
    "lxc-stop",
    `--lxcpath=${labFolders(lab).hosts}`,
    `--name=${name}`,
    "--kill",
  ]);
  return code === 0;
}

/**
 * Names of the machines that are running. LXC's control sockets are abstract ones: every command has to run in the namespace in which
 * the hosts were started.
 */
export async function runningHosts(lab: string): Promise<string[]> {
  if (!networkExists(lab)) return [];
  const list = ["lxc-ls", `--lxcpath=${labFolders(lab).hosts}`, "--running", "-1"];
  const names = await local([...inNetwork(lab), ...list], { failing: "listing the lab's hosts with lxc-ls failed" });
  const prefix = containerPrefix(lab);
  return names.split("\n").flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length).trim()] : []));
}
