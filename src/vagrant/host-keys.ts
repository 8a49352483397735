import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TripodError } from "../errors.ts";
import { writeAtomically } from "../lab/write-atomically.ts";
import { runVagrant, type VagrantOptions } from "./command.ts";

/**
 * The known_hosts file of a machine, created when Tripod connects to it for the first time: Vagrant itself reads the host keys, over the
 * connection with which it has just installed its own key. The file is stored with Vagrant's files of the machine, so that it is removed
 * when the machine is destroyed; until then a machine with other keys is refused.
 * @param dotfiles Vagrant's folder with the state of its machines
 * @throws TripodError E_LOCAL
 */
export async function knownHostsOf(name: string, dotfiles: string, options: VagrantOptions): Promise<string> {
  const file = join(await machineFolder(name, dotfiles), "tripod_known_hosts");
  if (!existsSync(file)) await writeAtomically(file, knownHosts(await readHostKeys(name, options)));
  return file;
}

/** Vagrant's folder with the state of the machines of a Vagrantfile. */
export function dotfilesOf(vagrantFolder: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(vagrantFolder, env.VAGRANT_DOTFILE_PATH ?? ".vagrant");
}

/** A machine belongs to the provider that has given it an id. */
async function machineFolder(name: string, dotfiles: string): Promise<string> {
  const folder = join(dotfiles, "machines", name);
  const providers = await readdir(folder).catch(() => []);
  const provider = providers.find((each) => existsSync(join(folder, each, "id")));
  if (provider !== undefined) return join(folder, provider);
  throw new TripodError("E_LOCAL", "Vagrant's folder of the machine is missing", {
    host: name,
    why: `no PROVIDER/id in ${folder}`,
    hint: "if it was created with another VAGRANT_DOTFILE_PATH, set the same one now",
  });
}

async function readHostKeys(name: string, options: VagrantOptions): Promise<string> {
  return runVagrant(["ssh", name, "--no-tty", "--command", "cat /etc/ssh/ssh_host_*_key.pub"], options);
}

/** One line per key, for any address: the file belongs to one machine only, whose port may change at every start. */
function knownHosts(publicKeys: string): string {
  const keys = publicKeys.split("\n").flatMap((line) => /^((?:ssh|ecdsa)-\S+ \S+)/.exec(line)?.[1] ?? []);
  if (keys.length > 0) return keys.map((key) => `* ${key}\n`).join("");
  throw new TripodError("E_LOCAL", "the SSH host keys of one of Vagrant's machines cannot be read", {
    why: publicKeys,
    hint: "check with `vagrant ssh` that the machine runs and that its sshd has host keys (`ssh-keygen -A`)",
  });
}
