import { TripodError } from "../errors.ts";
import { type ProgramResult, runProgram } from "../process.ts";

export interface VagrantOptions {
  readonly signal?: AbortSignal | undefined;
  /** Variables for Vagrant, which replace the operator's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Exit code of env(1) and shells for a missing program. */
const NOT_FOUND = 127;

/**
 * Runs vagrant; any exit code is a result.
 * @throws TripodError E_LOCAL if vagrant is not installed
 */
export async function attemptVagrant(
  args: readonly string[],
  { signal, env = {} }: VagrantOptions,
): Promise<ProgramResult> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const result = await runProgram(["env", ...variables, "vagrant", ...args], { signal });
  if (result.code !== NOT_FOUND) return result;
  throw new TripodError("E_LOCAL", "vagrant is not installed on this machine", {
    why: result.stderr,
    hint: "install it: Debian's package is vagrant; for machines without a hypervisor vagrant-lxc too",
  });
}

/**
 * Runs vagrant, and returns what it printed.
 * @throws TripodError E_LOCAL with its error output
 */
export async function runVagrant(args: readonly string[], options: VagrantOptions): Promise<string> {
  const { code, stdout, stderr } = await attemptVagrant(args, options);
  if (code === 0) return stdout;
  throw vagrantFailed(args, stderr.trim() || stdout.trim(), options);
}

export function vagrantFailed(args: readonly string[], said: string, { env = {} }: VagrantOptions): TripodError {
  return new TripodError("E_LOCAL", `\`vagrant ${args.join(" ")}\` failed`, {
    why: said,
    ...(env.VAGRANT_CWD && { hint: `run \`vagrant status\` in ${env.VAGRANT_CWD}` }),
  });
}
