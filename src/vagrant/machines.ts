import type { Cluster, Machine } from "../inventory/cluster.ts";
import { vagrantEnvironment, vagrantPower } from "../inventory/vagrant.ts";
import { dotfilesOf, knownHostsOf } from "./host-keys.ts";
import { notUp, readSshConfig } from "./ssh-config.ts";

/** Returns a machine with its SSH settings; rejects with E_UNREACHABLE if it is not running. */
export type Locate = (machine: Machine) => Promise<Machine>;

/**
 * Gets the SSH settings of these machines from Vagrant.
 * @throws TripodError E_LOCAL if Vagrant is not installed or fails
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
