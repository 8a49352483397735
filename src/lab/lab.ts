import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Cluster, Role } from "../inventory/cluster.ts";
import { exclusively } from "./exclusively.ts";
import { bringUp, type LabOptions, untilUp } from "./bring-up.ts";
import { discard, type Progress } from "./cache.ts";
import { removeControlGroups } from "./control-groups.ts";
import { labFolders, snapshotsFolder } from "./folders.ts";
import { endStarting, assertOurs, hasParts, removeEmpty, removeFolder, removeOrphans } from "./leftovers.ts";
import { untilReleased } from "./loop-devices.ts";
import { cutPower, runningHosts, startHost } from "./lxc.ts";
import { stopMirror } from "./mirror/mirror.ts";
import { networkExists, removeNetwork, existingLabs } from "./network.ts";
import { onOperatorMachine, restoreSettings } from "./operator-machine.ts";
import { hostOfLab } from "./overrides.ts";
import { requirePrograms, requireRoot } from "./programs.ts";
import { answering } from "./ssh.ts";
import { topology } from "./topology.ts";

export interface LabHost {
  readonly name: string;
  readonly role: Role | "bastion";
  readonly address: string;
  readonly state: "running" | "off" | "absent";
  /** Whether its sshd answers. */
  readonly ssh: boolean;
}

/** Whether the lab exists; its hosts may be off. */
export function labExists(lab: string): boolean {
  return existsSync(labFolders(lab).record);
}

/** The machines, and the bastions in front of them. */
export function labHostNames(cluster: Cluster): string[] {
  return topology(cluster).stations.map(({ name }) => name);
}

/** Brings up the missing parts of the cluster's lab, and waits until every host accepts a login. */
export async function labUp(cluster: Cluster, options: LabOptions): Promise<void> {
  requireRoot();
  await requirePrograms(options.install ?? false, options);
  await exclusively(cluster.name, options, async () => {
    await assertOurs(cluster.name);
    await removeOrphans(cluster.name);
    await bringUp(cluster, options);
  });
}

export interface DownOptions extends Progress {
  /** The lab's snapshots too. */
  readonly snapshots?: boolean | undefined;
}

/**
 * Removes the lab, even an incomplete one: processes, control groups, network, mounts, files. The cache stays; snapshots stay by default.
 * @returns whether there was anything to remove
 */
export async function labDown(cluster: Cluster, options: DownOptions): Promise<boolean> {
  requireRoot();
  return exclusively(cluster.name, options, async () => {
    await assertOurs(cluster.name);
    const existed = (await hasParts(cluster.name)) || (options.snapshots === true && hasSnapshots(cluster.name));
    const running = await runningHosts(cluster.name).catch(() => []);
    await Promise.all(running.map((name) => cutPower(cluster.name, name)));
    await endStarting(cluster.name);
    await stopMirror(cluster.name);
    await removeControlGroups(cluster.name);
    await untilReleased(labFolders(cluster.name).root);
    await onOperatorMachine(options, async () => {
      await removeNetwork(cluster.name);
      await restoreSettings(await existingLabs(), options);
    });
    if (options.snapshots) await discard(snapshotsFolder(cluster.name));
    await removeEmpty(dirname(snapshotsFolder(cluster.name)));
    await removeFolder(cluster.name);
    return existed;
  });
}

function hasSnapshots(lab: string): boolean {
  return existsSync(snapshotsFolder(lab));
}

export async function labStatus(cluster: Cluster): Promise<LabHost[]> {
  if (networkExists(cluster.name)) requireRoot();
  const running = await runningHosts(cluster.name);
  const { stations } = topology(cluster);
  const there = stations.filter(({ name }) => running.includes(name));
  const ssh = await answering(cluster.name, there);
  return stations.map((station) => ({
    name: station.name,
    role: station.role,
    address: station.addresses[0] ?? "",
    state: running.includes(station.name) ? "running" : networkExists(cluster.name) ? "off" : "absent",
    ssh: ssh.includes(station),
  }));
}

/** A power cut. */
export async function labOff(cluster: Cluster, name: string): Promise<void> {
  hostOfLab(cluster, name);
  requireRoot();
  if ((await runningHosts(cluster.name)).includes(name)) await cutPower(cluster.name, name);
}

/** Boots a host again, from the disk it had. */
export async function labOn(cluster: Cluster, name: string, { signal }: Progress): Promise<void> {
  const station = hostOfLab(cluster, name);
  requireRoot();
  if (!(await runningHosts(cluster.name)).includes(name)) await startHost(cluster.name, name);
  await untilUp(cluster.name, [station], signal);
}
