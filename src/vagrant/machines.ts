import type { Cluster, Machine } from "../inventory/cluster.ts";
import { vagrantEnvironment, vagrantPower } from "../inventory/vagrant.ts";
import { dotfilesOf, knownHostsOf } from "./host-keys.ts";
import { notUp, readSshConfig } from "./ssh-config.ts";

/** Gives a machine the way in that was found for it; rejects with E_UNREACHABLE where it is not up. */
export type Locate = (machine: Machine) => Promise<Machine>;

/**
 * Asks Vagrant how these machines are reached.
 * @throws TripodError E_LOCAL where Vagrant is not there or does not answer
 */
export async function askVagrant(
  { file }: Cluster,
  folder: string,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<Locate> {
  const options = { signal, env: vagrantEnvironment(folder, file) };
  const entries = await readSshConfig(
    machines.map(({ name }) => name),
    options,
  );
  return async (machine) => {
    const entry = entries.get(machine.name);
    if (!entry) throw notUp(machine, vagrantPower(folder, file).on.replaceAll("{{name}}", machine.name));
    const knownHosts = await knownHostsOf(machine.name, dotfilesOf(folder), options);
    return { ...machine, ssh: { ...entry, agent: false, knownHostsFiles: [knownHosts] } };
  };
}
