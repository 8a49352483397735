import { existsSync } from "node:fs";
import { TripodError } from "../errors.ts";
import type { Cluster, Machine, SoftwareSettings, SshTarget } from "../inventory/cluster.ts";
import { inventoryOption } from "../inventory/option.ts";
import { labFolders } from "./folders.ts";
import { fromMirror, hasMirror, labRegistryMirrors, wantsReleases, wantsRepository } from "./mirror/mirror.ts";
import { WORKLOAD_IMAGE } from "./images.ts";
import { inNetwork, networkExists } from "./network.ts";
import { sshCommand } from "./ssh.ts";
import { type Login, type Station, topology } from "./topology.ts";

/** The argv prefix that runs a program (Tripod itself) in the lab's network: `nsenter --net=…`. Throws E_LAB if the lab is not up. */
export function enterLab(cluster: Cluster): string[] {
  mustBeUp(cluster);
  return inNetwork(cluster.name);
}

/** The argv of ssh to one of the hosts, by its name. Throws E_LAB if the lab is not up, E_USAGE for an unknown name. */
export function labSsh(cluster: Cluster, name: string, command: readonly string[] = []): string[] {
  return sshCommand(cluster.name, hostOfLab(cluster, name).login, command);
}

/** A host of a running lab, by name. Throws E_LAB or E_USAGE. */
export function hostOfLab(cluster: Cluster, name: string): Station {
  const { stations } = topology(cluster);
  const station = stations.find((one) => one.name === name);
  if (!station)
    throw new TripodError("E_USAGE", `unknown machine ${name} in ${cluster.file}`, {
      hint: `the machines are ${stations.map((one) => one.name).join(", ")}`,
    });
  mustBeUp(cluster);
  return station;
}

function mustBeUp({ name, file }: Cluster): void {
  if (networkExists(name)) return;
  throw new TripodError("E_LAB", `the lab ${name} is not up`, {
    hint: `bring it up: tripod lab up ${inventoryOption(file)}`,
  });
}

/**
 * The same cluster on its lab's hosts: logins with the lab's key and known_hosts, through the lab's bastions; and the lab's Kubernetes and
 * images if the inventory sets none. It contains nothing that could reach the real machines, or cut their power.
 */
export function withLab(cluster: Cluster): Cluster {
  const { stations } = topology(cluster);
  const relocated = (machines: readonly Machine[]): Machine[] =>
    machines.map((machine) => {
      const station = stations.find(({ name }) => name === machine.name);
      return station ? { ...machine, ssh: target(cluster.name, station.login) } : machine;
    });
  const [masters, workers] = [relocated(cluster.masters), relocated(cluster.workers)];
  const machines = [...masters, ...workers];
  const mirrored: { -readonly [Key in keyof Cluster]: Cluster[Key] } = {
    ...cluster,
    lab: true,
    masters,
    workers,
    machines,
    software: labSoftware(cluster),
    drill: { image: WORKLOAD_IMAGE, ...cluster.drill },
  };
  // Both refer to the inventory's real machines, not to the lab's.
  delete mirrored.vagrant;
  delete mirrored.power;
  return Object.freeze(mirrored);
}

/** Releases and packages of Kubernetes from the lab's mirror, where it has one and the inventory wants them; else the lab's Kubernetes, and packages for the rest. */
function labSoftware({ name, software }: Cluster): SoftwareSettings {
  const folders = labFolders(name);
  const { images } = softwareIn(folders, software);
  if (hasMirror(name) && (wantsReleases(software) || wantsRepository(software)))
    return { ...fromMirror(name, software), ...(images && { images }) };
  return softwareIn(folders, software);
}

/**
 * The same cluster, with releases and images from the lab's mirror over the network, as a bundle is made.
 * @throws TripodError E_LAB where the lab has no mirror
 */
export function withLabSources(cluster: Cluster): Cluster {
  const { name, software, containerd, file } = cluster;
  if (!hasMirror(name))
    throw new TripodError("E_LAB", `the lab ${name} has no mirror from which a bundle could be made`, {
      hint: `create it with: tripod lab up --pristine ${inventoryOption(file)}`,
    });
  return Object.freeze({
    ...withLab(cluster),
    software: fromMirror(name, software),
    containerd: { ...containerd, mirrors: labRegistryMirrors(name, containerd.mirrors) },
  });
}

function target(lab: string, { address, port, user, through }: Login): SshTarget {
  const { clientKey, knownHosts } = labFolders(lab);
  return {
    ...{ address, port, user, agent: false },
    identityFiles: [clientKey],
    knownHostsFiles: [knownHosts],
    ...(through && { bastion: target(lab, through) }),
  };
}

/** Existing folders, and packages for what is in none, unless the inventory sets them. */
export function softwareIn(
  { binaries, images }: { readonly binaries: string; readonly images: string },
  software: SoftwareSettings,
): SoftwareSettings {
  return {
    from: "packages",
    ...(existsSync(binaries) && { binaries }),
    ...(existsSync(images) && { images }),
    ...software,
  };
}
