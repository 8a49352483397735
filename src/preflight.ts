import { runContext } from "./engine/context.ts";
import type { Host } from "./host.ts";
import type { Cluster } from "./inventory/cluster.ts";
import { readExistingState } from "./existing/read.ts";
import { CHECKS } from "./phases/preflight/checks.ts";
import { type Finding, findingsOf } from "./phases/preflight/index.ts";
import { interruptible } from "./remote/interruptible.ts";

export interface PreflightReport {
  readonly hosts: readonly string[];
  /** How many checks each host was asked. */
  readonly checks: number;
  /** In the inventory's order; those about the whole cluster have no host. */
  readonly findings: readonly Finding[];
}

/**
 * All preflight checks of all hosts, and nothing else: what an apply would refuse, and what it would warn of. Changes nothing; a disk is measured as in an apply.
 * @throws TripodError E_INTERRUPTED; what a check throws that is not a problem of a host, such as E_LOCAL
 */
export async function runPreflight(
  cluster: Cluster,
  hosts: readonly Host[],
  { signal }: { readonly signal: AbortSignal },
): Promise<PreflightReport> {
  return interruptible(signal, async (signal) => {
    const existing = await readExistingState(cluster, hosts);
    signal.throwIfAborted();
    const context = runContext({ cluster, existing }, hosts, "apply", signal, { changed: 0, unchanged: 0 });
    const findings = await Promise.all(hosts.map((host) => findingsOf(host, context)));
    return { hosts: hosts.map(({ name }) => name), checks: CHECKS.length, findings: findings.flat() };
  });
}
