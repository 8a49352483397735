import type { Origin } from "../errors.ts";
import type { SshTarget } from "./cluster.ts";
import type { Operator } from "./operator.ts";
import type { MachineSettings } from "./schema.ts";

type SshSettings = MachineSettings["ssh"];

export interface SshDefaults {
  readonly operator: Operator;
  readonly absolute: (path: string) => string;
  /** The place of a machine's or the cluster's bastion. */
  readonly origin: (whose: "own" | "cluster") => Origin;
}

/** How SSH connects to a machine: its own settings before the cluster's, before ssh's defaults. */
export function sshTarget(address: string, cluster: SshSettings, own: SshSettings, where: SshDefaults): SshTarget {
  const settings = mergeSsh(cluster, own);
  const [beside, whose] = own.bastion ? [settings, "own" as const] : [cluster, "cluster" as const];
  const { bastion } = beside;
  return {
    ...target(settings.address ?? address, settings, where),
    ...(bastion && {
      bastion: { ...target(bastion.address, loginAt(beside, bastion), where), origin: where.origin(whose) },
    }),
  };
}

/** Merged key by key; `key` and `keys` are alternatives. */
function mergeSsh(below: SshSettings, above: SshSettings): SshSettings {
  const { key, keys, ...rest } = below;
  return above.key === undefined && above.keys === undefined ? { ...rest, key, keys, ...above } : { ...rest, ...above };
}

/** A bastion inherits how to log in from the settings that contain it, but not where to. */
function loginAt({ user, key, keys, agent, knownHosts }: SshSettings, bastion: SshSettings): SshSettings {
  return mergeSsh({ user, key, keys, agent, knownHosts }, bastion);
}

function target(address: string, settings: SshSettings, { operator, absolute }: SshDefaults): SshTarget {
  const { user, port, key, keys, agent, knownHosts } = settings;
  const named = keys ?? (key === undefined ? undefined : [key]);
  return {
    address,
    port: port ?? 22,
    user: user ?? "root",
    identityFiles: named?.map(absolute) ?? [...operator.keys],
    agent: (agent ?? true) && operator.agent,
    knownHostsFiles: (knownHosts ?? ["~/.ssh/known_hosts"]).map(absolute),
  };
}
