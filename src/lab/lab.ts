import { rm, symlink } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import type { Cluster, Machine, Role } from "../inventory/cluster.ts";
import { addressing } from "./addressing.ts";
import { baseOf, type BaseOptions } from "./base.ts";
import type { Progress } from "./cache.ts";
import { removeControlGroups } from "./control-groups.ts";
import { labFolders } from "./folders.ts";
import { prepareHosts } from "./hosts.ts";
import { imagesFolder } from "./images.ts";
import { kubernetesFolder, linkBinaries } from "./kubernetes.ts";
import { mustBeOurs, removeFolder, removeStrays } from "./leftovers.ts";
import { inotifyRoom } from "./limits.ts";
import { locked } from "./lock.ts";
import { cutPower, runningHosts, startHost } from "./lxc.ts";
import { makeNetwork, networkExists, removeNetwork } from "./network.ts";
import { labMachine } from "./overrides.ts";
import { poll } from "./poll.ts";
import { requirePrograms, requireRoot } from "./programs.ts";
import type { Release } from "./release.ts";
import { rootFileSystem } from "./rootfs.ts";
import { answering, letsIn } from "./ssh.ts";

export interface LabOptions extends BaseOptions {
  /** Installs missing Debian packages on the operator's machine. */
  readonly install?: boolean;
  /** A folder with the programs of the inventory's Kubernetes; default: the inventory's, or found by the lab. */
  readonly binaries?: string;
  /** Hosts alone, without looking for programs and images of Kubernetes. */
  readonly hostsOnly?: boolean;
}

export interface LabHost {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  readonly state: "running" | "off" | "absent";
  /** Whether its sshd answers. */
  readonly ssh: boolean;
}

/** ms; a boot takes a second or two. */
const BOOT = 60_000;

/** Brings up what is missing of the cluster's lab, until every host lets us in. */
export async function labUp(cluster: Cluster, options: LabOptions): Promise<void> {
  requireRoot();
  await requirePrograms(options.install ?? false, options);
  await alone(cluster.name, options, async () => {
    await mustBeOurs(cluster.name);
    await removeStrays(cluster.name);
    const running = await runningHosts(cluster.name);
    const off = cluster.machines.filter(({ name }) => !running.includes(name));
    const warning = await inotifyRoom(off.length);
    if (warning) options.progress(warning);
    const base = await baseOf(cluster.name, options);
    if (!options.hostsOnly) await provideSoftware(cluster, base.release, options);
    const network = addressing(cluster);
    await makeNetwork(cluster.name, network);
    await prepareHosts(cluster, base, network);
    options.signal?.throwIfAborted();
    if (off.length > 0) options.progress(`starting ${off.map(({ name }) => name).join(", ")}`);
    await Promise.all(off.map(({ name }) => startHost(cluster.name, name)));
    await untilUp(cluster.name, cluster.machines, options.signal);
  });
}

/** Programs and images of Kubernetes, linked into the lab's folder; what the inventory has itself is not looked for. */
async function provideSoftware(cluster: Cluster, release: Release, options: LabOptions): Promise<void> {
  if (cluster.software.images !== undefined && cluster.software.binaries !== undefined) return;
  const folders = labFolders(cluster.name);
  const programs = await kubernetesFolder(cluster, options.binaries, options);
  await linkBinaries(programs, folders.binaries, cluster.kubernetes.minor);
  if (cluster.software.images !== undefined) return;
  const images = await imagesFolder(cluster, programs, await rootFileSystem(release, "ready", options), options);
  await rm(folders.images, { force: true });
  await symlink(images, folders.images);
}

/** @throws TripodError E_LAB with what the hosts said last */
async function untilUp(lab: string, machines: readonly Machine[], signal?: AbortSignal): Promise<void> {
  const waiting = new Map(machines.map((machine) => [machine, "its sshd does not answer"]));
  const answer = await poll(BOOT, signal, async () => {
    const there = await answering(lab, [...waiting.keys()]);
    await Promise.all(
      there.map(async (machine) => {
        const said = await letsIn(lab, machine);
        if (said === true) waiting.delete(machine);
        else waiting.set(machine, said);
      }),
    );
    return waiting.size === 0 || [...waiting].map(([{ name }, reason]) => `${name}: ${reason}`).join("\n");
  });
  if (answer === true) return;
  throw new TripodError("E_LAB", `the lab's hosts did not let us in within ${BOOT / 1000} s`, {
    why: answer,
    hint: "look at lxc.log in the lab's folder, or take the lab away with `tripod lab down` and try again",
  });
}

/** Takes the lab away, whole or half: processes, control groups, network, mounts, files. The cache stays. */
export async function labDown(cluster: Cluster, options: Progress): Promise<void> {
  requireRoot();
  await alone(cluster.name, options, async () => {
    await mustBeOurs(cluster.name);
    const running = await runningHosts(cluster.name).catch(() => []);
    await Promise.all(running.map((name) => cutPower(cluster.name, name)));
    await removeControlGroups(cluster.name);
    await removeNetwork(cluster.name);
    await removeFolder(cluster.name);
  });
}

export async function labStatus(cluster: Cluster): Promise<LabHost[]> {
  if (networkExists(cluster.name)) requireRoot();
  const running = await runningHosts(cluster.name);
  const there = cluster.machines.filter(({ name }) => running.includes(name));
  const ssh = await answering(cluster.name, there);
  return cluster.machines.map((machine) => ({
    name: machine.name,
    role: machine.role,
    address: machine.address,
    state: running.includes(machine.name) ? "running" : networkExists(cluster.name) ? "off" : "absent",
    ssh: ssh.includes(machine),
  }));
}

/** A power cut. */
export async function labOff(cluster: Cluster, name: string): Promise<void> {
  const machine = labMachine(cluster, name);
  requireRoot();
  if ((await runningHosts(cluster.name)).includes(machine.name)) await cutPower(cluster.name, machine.name);
}

/** Boots a host again, from the disk it had. */
export async function labOn(cluster: Cluster, name: string, { signal }: Progress): Promise<void> {
  const machine = labMachine(cluster, name);
  requireRoot();
  if (!(await runningHosts(cluster.name)).includes(machine.name)) await startHost(cluster.name, machine.name);
  await untilUp(cluster.name, [machine], signal);
}

function alone<T>(lab: string, { progress, signal }: Progress, work: () => Promise<T>): Promise<T> {
  return locked(`lab-${lab}`, () => progress(`another process works on the lab ${lab}, waiting for it`), signal, work);
}
