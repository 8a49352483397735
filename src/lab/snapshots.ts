import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { inventoryOption } from "../inventory/option.ts";
import { exclusively } from "./exclusively.ts";
import { bringUp, untilUp } from "./bring-up.ts";
import { discard, type Progress } from "./cache.ts";
import { removeControlGroups } from "./control-groups.ts";
import { labFolders, restoring, snapshotsFolder } from "./folders.ts";
import { endStarting, assertOurs, removeEmpty } from "./leftovers.ts";
import { local } from "./local.ts";
import { untilReleased } from "./loop-devices.ts";
import { cutPower, runningHosts, startHost } from "./lxc.ts";
import { requirePrograms, requireRoot } from "./programs.ts";
import { topology } from "./topology.ts";

export interface Snapshot {
  readonly name: string;
  /** ISO 8601. */
  readonly taken: string;
  readonly hosts: readonly string[];
}

/** Next to the copy of the lab's folder. */
const RECORD = "snapshot.json";

/** Oldest first. */
export async function labSnapshots({ name: lab }: Cluster): Promise<Snapshot[]> {
  const folder = snapshotsFolder(lab);
  const names = (await readdir(folder).catch(() => [])).filter((name) => existsSync(join(folder, name, RECORD)));
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name, RECORD), "utf8")) as Snapshot;
  return (await Promise.all(names.map(read))).toSorted((one, other) => one.taken.localeCompare(other.taken));
}

/**
 * Saves the disks of all hosts under a name. The hosts are off during the copy: their disks are in the consistent state that a power cut
 * leaves.
 * @throws TripodError E_LAB if the lab does not exist, or the snapshot exists already; E_USAGE for an invalid name
 */
export async function labSave(cluster: Cluster, name: string, options: Progress): Promise<void> {
  const { name: lab } = cluster;
  const folder = snapshotFolder(lab, name);
  const inventory = inventoryOption(cluster.file);
  requireRoot();
  await exclusively(lab, options, async () => {
    await assertOurs(lab);
    if (!existsSync(labFolders(lab).record))
      throw new TripodError("E_LAB", `the lab ${lab} does not exist`, {
        hint: `bring it up: tripod lab up ${inventory}`,
      });
    if (existsSync(folder))
      throw new TripodError("E_LAB", `the lab ${lab} already has a snapshot ${name}`, {
        hint: `choose another name, or remove that one: tripod lab forget ${name} ${inventory}`,
      });
    const hosts = topology(cluster).stations;
    const running = await runningHosts(lab);
    options.progress(`the hosts are off for a moment: saving their disks as ${name}`);
    await switchOff(lab, running);
    const partial = `${folder}.partial`;
    await discard(partial);
    try {
      await mkdir(partial, { recursive: true });
      await copyLab(labFolders(lab).root, join(partial, "lab"), options);
      const record: Snapshot = { name, taken: new Date().toISOString(), hosts: hosts.map((host) => host.name) };
      await writeFile(join(partial, RECORD), `${JSON.stringify(record, null, 2)}\n`);
      await rename(partial, folder);
    } finally {
      await discard(partial);
      await Promise.all(running.map((host) => startHost(lab, host)));
    }
    await untilUp(
      lab,
      hosts.filter((host) => running.includes(host.name)),
      options.signal,
    );
  });
}

/**
 * Restores the saved lab and boots all hosts, whatever its current state; machines that were added to the inventory since then are created.
 * @throws TripodError E_LAB
 */
export async function labRestore(cluster: Cluster, name: string, options: Progress): Promise<void> {
  const { name: lab } = cluster;
  const saved = join(snapshotFolder(lab, name), "lab");
  requireRoot();
  await requirePrograms(false, options);
  await exclusively(lab, options, async () => {
    await assertOurs(lab);
    await assertExists(cluster, name);
    options.progress(`restoring the disks of ${name}`);
    const { root } = labFolders(lab);
    await discard(restoring(lab));
    await mkdir(dirname(root), { recursive: true });
    await copyLab(saved, restoring(lab), options);
    await switchOff(lab, await runningHosts(lab).catch(() => []));
    await discard(root);
    await rename(restoring(lab), root);
    await bringUp(cluster, { ...options, hostsOnly: true });
  });
}

/** Removes a snapshot. @throws TripodError E_LAB if it does not exist */
export async function labForget(cluster: Cluster, name: string, options: Progress): Promise<void> {
  requireRoot();
  await exclusively(cluster.name, options, async () => {
    await assertExists(cluster, name);
    await discard(snapshotFolder(cluster.name, name));
    const folder = snapshotsFolder(cluster.name);
    await removeEmpty(folder, dirname(folder), dirname(dirname(folder)));
  });
}

function snapshotFolder(lab: string, name: string): string {
  if (/^[a-z0-9][a-z0-9-]*$/i.test(name)) return join(snapshotsFolder(lab), name);
  throw new TripodError("E_USAGE", `invalid name of a snapshot: ${name}`, { hint: "use letters, digits and hyphens" });
}

async function assertExists(cluster: Cluster, name: string): Promise<void> {
  const names = (await labSnapshots(cluster)).map((snapshot) => snapshot.name);
  if (!names.includes(name)) throw noSuchSnapshot(cluster, name, names);
}

/** @param names of the snapshots that exist @internal exported for its test */
export function noSuchSnapshot({ name: lab, file }: Cluster, name: string, names: readonly string[]): TripodError {
  if (names.length > 0)
    return new TripodError("E_LAB", `the lab ${lab} has no snapshot ${name}`, {
      hint: `the snapshots are ${names.join(", ")}`,
    });
  return new TripodError("E_LAB", `the lab ${lab} has no snapshots`, {
    hint: `\`tripod lab save NAME ${inventoryOption(file)}\` takes one of a lab that is up`,
  });
}

/** A power cut for all; ends when the disks are no longer in use. */
async function switchOff(lab: string, running: readonly string[]): Promise<void> {
  await Promise.all(running.map((host) => cutPower(lab, host)));
  await endStarting(lab);
  await removeControlGroups(lab);
  await untilReleased(labFolders(lab).root);
}

/** Shares blocks if the file system supports it; keeps holes and the extended attributes of an overlay. */
async function copyLab(from: string, to: string, { signal }: Progress): Promise<void> {
  // A copy that outlived a killed Tripod would write into the next copy.
  const copy = ["setpriv", "--pdeathsig", "KILL", "cp", "--archive", "--reflink=auto", "--sparse=always"];
  await mkdir(join(to, "hosts"), { recursive: true });
  const parts = (await readdir(from)).filter((part) => part !== "hosts");
  const hosts = (await readdir(join(from, "hosts"))).map((host) => join("hosts", host));
  await Promise.all(
    [...parts, ...hosts].map((part) =>
      local([...copy, join(from, part), join(to, part)], { signal, failing: "copying the lab's disks failed" }),
    ),
  );
}
