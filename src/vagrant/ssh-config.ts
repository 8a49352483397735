import { TripodError } from "../errors.ts";
import type { Machine } from "../inventory/cluster.ts";
import { attemptVagrant, vagrantFailed, type VagrantOptions } from "./command.ts";

/** What `vagrant ssh-config` says of one machine. */
export interface SshEntry {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
}

/** The error by which Vagrant says that a machine is not created, or not running. */
const NOT_UP = "Vagrant::Errors::SSHNotReady";

/**
 * What Vagrant says of these machines, by their names; undefined where a machine is not up. One call for all of them, and one more for
 * each that is not up, because Vagrant stops at it.
 * @throws TripodError E_LOCAL
 */
export async function readSshConfig(
  names: readonly string[],
  options: VagrantOptions,
): Promise<ReadonlyMap<string, SshEntry | undefined>> {
  const args = ["ssh-config", "--machine-readable", ...names];
  const { code, stdout, stderr } = await attemptVagrant(args, options);
  const found = parseSshConfig(stdout);
  const missing = names.find((name) => !found.has(name));
  const said = names.flatMap((name) => {
    const entry = found.get(name);
    return entry ? [[name, entry] as const] : [];
  });
  if (code === 0 && missing === undefined) return new Map(said);
  if (missing === undefined || errorOf(stdout) !== NOT_UP)
    throw vagrantFailed(args, explained(stdout) || stderr, options);
  const later = names.slice(names.indexOf(missing) + 1);
  const others = later.length > 0 ? await readSshConfig(later, options) : [];
  return new Map([...said, [missing, undefined], ...others]);
}

/** The blocks of ssh_config(5) that stand between Vagrant's own lines. Throws E_LOCAL where SSH is to go through a program. */
export function parseSshConfig(text: string): ReadonlyMap<string, SshEntry> {
  const blocks = text.split(/^Host (?=\S)/m).slice(1);
  return new Map(blocks.map((block) => [block.split("\n", 1).join("").trim(), entryOf(block)]));
}

function entryOf(block: string): SshEntry {
  const values = (key: string) =>
    [...block.matchAll(new RegExp(`^  ${key} (.*?)\\r?$`, "gm"))].map(([, value = ""]) =>
      value.replace(/^"(.*)"$/, "$1"),
    );
  const [address] = values("HostName");
  const [proxy] = values("ProxyCommand");
  if (address === undefined || proxy !== undefined)
    throw new TripodError("E_LOCAL", "Vagrant reaches a machine in a way that Tripod does not know", {
      why: `Host ${block.trimEnd()}`,
      hint: "the machines have to be reached by address and port, without a ProxyCommand",
    });
  return {
    address,
    port: Number(values("Port")[0] ?? 22),
    user: values("User")[0] ?? "vagrant",
    identityFiles: values("IdentityFile"),
  };
}

/** `1795183726,,error-exit,CLASS,what it means`; in what it means, line ends and commas are written in another way. */
function errorLine(output: string): readonly string[] {
  return /^\d+,[^,]*,error-exit,([^,]*),(.*)$/m.exec(output)?.slice(1) ?? [];
}

function errorOf(output: string): string | undefined {
  return errorLine(output)[0];
}

function explained(output: string): string | undefined {
  return errorLine(output)[1]?.replaceAll("\\n", "\n").replaceAll("%!(VAGRANT_COMMA)", ",");
}

/** What a machine that is not up is told by. */
export function notUp({ name, origin }: Machine, up: string): TripodError {
  return new TripodError("E_UNREACHABLE", "Vagrant says that it is not up", { host: name, origin, hint: up });
}
