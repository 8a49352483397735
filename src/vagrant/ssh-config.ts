import { TripodError } from "../errors.ts";
import type { Machine } from "../inventory/cluster.ts";
import { attemptVagrant, vagrantFailed, type VagrantOptions } from "./command.ts";

/** The output of `vagrant ssh-config` for one machine. */
export interface SshEntry {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
}

/** Vagrant's error for a machine that is not created or not running. */
const NOT_UP = "Vagrant::Errors::SSHNotReady";

/**
 * The SSH settings of these machines, by name; undefined for a machine that is not running. One call for all of them, and one more for
 * each that is not running, because Vagrant stops there.
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

/** The blocks of ssh_config(5) between Vagrant's own lines. Throws E_LOCAL for a ProxyCommand. @internal exported for its test */
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
    throw new TripodError("E_LOCAL", "Vagrant connects to a machine in a way that Tripod does not support", {
      why: `Host ${block.trimEnd()}`,
      hint: "make the machine reachable by address and port, without a ProxyCommand",
    });
  return {
    address,
    port: Number(values("Port")[0] ?? 22),
    user: values("User")[0] ?? "vagrant",
    identityFiles: values("IdentityFile"),
  };
}

/** `1795183726,,error-exit,CLASS,MESSAGE`; line ends and commas in the message are escaped. */
function errorLine(output: string): readonly string[] {
  return /^\d+,[^,]*,error-exit,([^,]*),(.*)$/m.exec(output)?.slice(1) ?? [];
}

function errorOf(output: string): string | undefined {
  return errorLine(output)[0];
}

function explained(output: string): string | undefined {
  return errorLine(output)[1]?.replaceAll("\\n", "\n").replaceAll("%!(VAGRANT_COMMA)", ",");
}

/** The error for a machine that is not running; `up` is the command that starts it. */
export function notUp({ name, origin }: Machine, up: string): TripodError {
  return new TripodError("E_UNREACHABLE", "Vagrant reports that it is not running", { host: name, origin, hint: up });
}
