import { TripodError } from "../errors.ts";
import { attempt, type Outcome } from "../lab/local.ts";

export interface VagrantOptions {
  readonly signal?: AbortSignal | undefined;
  /** Variables for Vagrant, over the operator's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** env(1) and shells, of a program that is not there. */
const NOT_FOUND = 127;

/**
 * Runs vagrant, whatever its exit code.
 * @throws TripodError E_LOCAL where there is no vagrant
 */
export async function attemptVagrant(args: readonly string[], { signal, env = {} }: VagrantOptions): Promise<Outcome> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const outcome = await attempt(["env", ...variables, "vagrant", ...args], { signal });
  if (outcome.code !== NOT_FOUND) return outcome;
  throw new TripodError("E_LOCAL", "vagrant is not installed on this machine", {
    why: outcome.stderr,
    hint: "install it; Debian's package is vagrant, and for machines without a hypervisor vagrant-lxc",
  });
}

/**
 * Runs vagrant, and returns what it printed.
 * @throws TripodError E_LOCAL with what it said
 */
export async function runVagrant(args: readonly string[], options: VagrantOptions): Promise<string> {
  const { code, stdout, stderr } = await attemptVagrant(args, options);
  if (code === 0) return stdout;
  throw vagrantFailed(args, stderr.trim() || stdout.trim(), options);
}

export function vagrantFailed(args: readonly string[], said: string, { env = {} }: VagrantOptions): TripodError {
  return new TripodError("E_LOCAL", `\`vagrant ${args.join(" ")}\` failed`, {
    why: said,
    ...(env.VAGRANT_CWD && { hint: `see what \`vagrant status\` says in ${env.VAGRANT_CWD}` }),
  });
}
