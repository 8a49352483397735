import { hasPodRoutes } from "../../health/pod-routes.ts";
import { kubernetesAuthorities } from "../../pki/kubernetes.ts";
import { machineMismatches } from "../../existing/machine-mismatches.ts";
import { type Mismatch, settingsMismatches } from "../../existing/mismatches.ts";
import { etcdAuthorityOf, kubernetesAuthorityOf, serviceAccountKeys } from "../authorities.ts";
import { isLeader } from "../leader.ts";
import { type Context, onceKey } from "../phase.ts";
import { cidrsOf } from "../pod-cidrs.ts";
import type { Check } from "./check.ts";

const MISMATCHES = onceKey<ReadonlyMap<string | undefined, Mismatch[]>>("mismatches");

/** The inventory matches the existing cluster: nothing in it can be carried out only in part, or not at all. */
export const matchesExisting: Check = {
  name: "matches-cluster",
  title: "The inventory matches the existing cluster: nothing in it could be carried out only in part",
  async examine(host, context) {
    const mismatches = await mismatchesOf(context);
    return [
      ...(isLeader(host, context) ? (mismatches.get(undefined) ?? []) : []),
      ...(mismatches.get(host.name) ?? []),
    ].map(({ machine, ...problem }) => ({ code: "E_REFUSED", ofCluster: machine === undefined, ...problem }));
  },
};

/** What does not match, by the machine's name; undefined: the whole cluster. Computed once for all hosts. */
function mismatchesOf({ once, cluster, existing }: Context): Promise<ReadonlyMap<string | undefined, Mismatch[]>> {
  return once(MISMATCHES, () => {
    const found = new Map<string | undefined, Mismatch[]>();
    for (const one of [...settingsMismatches(cluster, existing), ...machineMismatches(cluster, existing)])
      found.set(one.machine, [...(found.get(one.machine) ?? []), one]);
    return Promise.resolve(found);
  });
}

/** All masters have the same authorities, or none has any. Throws E_REFUSED where they differ. */
export const sameAuthorities: Check = {
  name: "authorities",
  title: "All masters have the same certificate authorities, or none",
  async examine(host, context) {
    if (host.name !== context.masters[0]?.name) return [];
    await Promise.all([
      etcdAuthorityOf(context),
      serviceAccountKeys(context),
      ...kubernetesAuthorities.map((files) => kubernetesAuthorityOf(context, files)),
    ]);
    return [];
  },
};

/** The pod ranges in the machines' own configuration are valid: all other hosts get routes to them. Throws E_REFUSED where one is not. */
export const podRanges: Check = {
  name: "pod-ranges",
  title: "The pod ranges in the hosts' own configuration are valid",
  async examine(host, context) {
    if (hasPodRoutes(context.cluster) && isLeader(host, context)) await cidrsOf(context);
    return [];
  },
};
