import { existsSync } from "node:fs";
import type { Cluster, Machine, SoftwareSettings } from "../inventory/cluster.ts";
import { labFolders } from "./folders.ts";
import { inNetwork } from "./network.ts";

/** The argv with which a program (Tripod itself) runs inside the lab's network: `nsenter --net=…`. */
export function enterLab(cluster: Cluster): string[] {
  return inNetwork(cluster.name);
}

/**
 * The same cluster on its lab's hosts: logins with the lab's key and known_hosts, straight to the machines' addresses; and the lab's
 * Kubernetes and images where the inventory names none.
 */
export function withLab(cluster: Cluster): Cluster {
  const relocated = new Map(cluster.machines.map((machine) => [machine, onLab(cluster.name, machine)]));
  const all = (machines: readonly Machine[]): Machine[] => machines.map((machine) => relocated.get(machine) ?? machine);
  return Object.freeze({
    ...cluster,
    masters: all(cluster.masters),
    workers: all(cluster.workers),
    machines: all(cluster.machines),
    software: withSoftware(cluster.name, cluster.software),
  });
}

function onLab(lab: string, machine: Machine): Machine {
  const { clientKey, knownHosts } = labFolders(lab);
  const { port, user } = machine.ssh;
  return {
    ...machine,
    ssh: {
      address: machine.address,
      port,
      user,
      identityFiles: [clientKey],
      agent: false,
      knownHostsFiles: [knownHosts],
    },
  };
}

function withSoftware(lab: string, software: SoftwareSettings): SoftwareSettings {
  const { binaries, images } = labFolders(lab);
  return {
    ...(existsSync(binaries) && { binaries }),
    ...(existsSync(images) && { images }),
    ...software,
  };
}
