import { existsSync } from "node:fs";
import { TripodError } from "../errors.ts";
import type { Cluster, Machine, SoftwareSettings } from "../inventory/cluster.ts";
import { labFolders } from "./folders.ts";
import { inNetwork, networkExists } from "./network.ts";
import { sshCommand } from "./ssh.ts";

/** The argv with which a program (Tripod itself) runs inside the lab's network: `nsenter --net=…`. Throws E_LAB when it is not up. */
export function enterLab({ name }: Cluster): string[] {
  mustBeUp(name);
  return inNetwork(name);
}

/** The argv of ssh to one of the hosts, by its machine's name. Throws E_LAB when the lab is not up, E_USAGE for an unknown name. */
export function labSsh(cluster: Cluster, name: string, command: readonly string[] = []): string[] {
  return sshCommand(cluster.name, labMachine(cluster, name), command);
}

/** A machine of a lab that is up, by its name. Throws E_LAB or E_USAGE. */
export function labMachine(cluster: Cluster, name: string): Machine {
  const machine = cluster.machines.find((one) => one.name === name);
  if (!machine)
    throw new TripodError("E_USAGE", `no machine ${name} in ${cluster.file}`, {
      hint: `it names ${cluster.machines.map((one) => one.name).join(", ")}`,
    });
  mustBeUp(cluster.name);
  return machine;
}

function mustBeUp(lab: string): void {
  if (networkExists(lab)) return;
  throw new TripodError("E_LAB", `the lab ${lab} is not up`, { hint: "bring it up: tripod lab up -i FILE" });
}

/**
 * The same cluster on its lab's hosts: logins with the lab's key and known_hosts, straight to the machines' addresses; and the lab's
 * Kubernetes and images where the inventory names none.
 */
export function withLab(cluster: Cluster): Cluster {
  const relocated = new Map(cluster.machines.map((machine) => [machine.name, onLab(cluster.name, machine)]));
  const all = (machines: readonly Machine[]): Machine[] => machines.map((one) => relocated.get(one.name) ?? one);
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
