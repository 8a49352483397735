import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TripodError } from "../errors.ts";
import { writeWhole } from "../lab/write-whole.ts";
import { runVagrant, type VagrantOptions } from "./command.ts";

/**
 * The known_hosts file of a machine, made when Tripod meets it for the first time: Vagrant itself, over the road by which it has just put its
 * key into the machine, reads the host keys where they lie. It is kept with what Vagrant keeps of the machine, so that it goes when
 * the machine is destroyed, and a machine that has become another one is refused until then.
 * @param dotfiles Vagrant's folder of what it knows of its machines
 * @throws TripodError E_LOCAL
 */
export async function knownHostsOf(name: string, dotfiles: string, options: VagrantOptions): Promise<string> {
  const file = join(await machineFolder(name, dotfiles), "tripod_known_hosts");
  if (!existsSync(file)) await writeWhole(file, knownHosts(await readHostKeys(name, options)));
  return file;
}

/** Vagrant's folder of what it knows of the machines of a Vagrantfile. */
export function dotfilesOf(vagrantFolder: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(vagrantFolder, env.VAGRANT_DOTFILE_PATH ?? ".vagrant");
}

/** A machine is of the one provider that has given it an id. */
async function machineFolder(name: string, dotfiles: string): Promise<string> {
  const folder = join(dotfiles, "machines", name);
  const providers = await readdir(folder).catch(() => []);
  const provider = providers.find((each) => existsSync(join(folder, each, "id")));
  if (provider !== undefined) return join(folder, provider);
  throw new TripodError("E_LOCAL", "Vagrant's folder of the machine is not where it should be", {
    host: name,
    why: `no PROVIDER/id in ${folder}`,
    hint: "was it made with another VAGRANT_DOTFILE_PATH? Say the same one now.",
  });
}

async function readHostKeys(name: string, options: VagrantOptions): Promise<string> {
  return runVagrant(["ssh", name, "--no-tty", "--command", "cat /etc/ssh/ssh_host_*_key.pub"], options);
}

/** One line a key, for whatever address: the file is one machine's alone, and Vagrant may give it another port at any start. */
function knownHosts(publicKeys: string): string {
  const keys = publicKeys.split("\n").flatMap((line) => /^((?:ssh|ecdsa)-\S+ \S+)/.exec(line)?.[1] ?? []);
  if (keys.length > 0) return keys.map((key) => `* ${key}\n`).join("");
  throw new TripodError("E_LOCAL", "a machine of Vagrant's has no SSH host keys that can be read", { why: publicKeys });
}
