import type { SshTarget } from "./cluster.ts";
import type { Operator } from "./operator.ts";
import type { MachineSettings } from "./schema.ts";

type SshSettings = MachineSettings["ssh"];

/** A machine's own settings over the cluster's, key by key; `key` and `keys` are one choice. */
export function overlay(below: SshSettings, above: SshSettings): SshSettings {
  const { key, keys, ...rest } = below;
  return above.key === undefined && above.keys === undefined ? { ...rest, key, keys, ...above } : { ...rest, ...above };
}

/** Where and how SSH goes, with ssh's own defaults. A bastion inherits how we log in, but not where. */
export function sshTarget(
  address: string,
  settings: SshSettings,
  operator: Operator,
  absolute: (path: string) => string,
): SshTarget {
  const { user, port, key, keys, agent, knownHosts, bastion } = settings;
  const named = keys ?? (key === undefined ? undefined : [key]);
  return {
    address: settings.address ?? address,
    port: port ?? 22,
    user: user ?? "root",
    identityFiles: named?.map(absolute) ?? operator.keys,
    agent: (agent ?? true) && operator.agent,
    knownHostsFiles: (knownHosts ?? ["~/.ssh/known_hosts"]).map(absolute),
    ...(bastion && {
      bastion: sshTarget(bastion.address, overlay({ user, key, keys, agent, knownHosts }, bastion), operator, absolute),
    }),
  };
}
