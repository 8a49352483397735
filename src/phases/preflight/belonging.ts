import { hasPodRoutes } from "../../health/pod-routes.ts";
import { kubernetesAuthorities } from "../../pki/kubernetes.ts";
import { etcdAuthorityOf, kubernetesAuthorityOf } from "../certificates.ts";
import { machineMismatches } from "../../standing/machines.ts";
import { type Mismatch, settingsMismatches } from "../../standing/mismatches.ts";
import { serviceAccountKeys } from "../authorities.ts";
import { isLeader } from "../leader.ts";
import type { Context } from "../phase.ts";
import { cidrsOf } from "../pod-network.ts";
import type { Check } from "./check.ts";

const EMPTY_IT =
  "if it is to serve here, empty it first (`kubeadm reset`, and move its data away); if not, mend the inventory";

/** What the inventory says fits the cluster that stands: nothing in it can only be carried out in part, or not at all. */
export const fits: Check = {
  name: "standing cluster",
  async examine(host, context) {
    const mismatches = await mismatchesOf(context);
    return [
      ...(isLeader(host, context) ? (mismatches.get(undefined) ?? []) : []),
      ...(mismatches.get(host.name) ?? []),
    ].map(({ machine, ...problem }) => ({ code: "E_REFUSED", ofCluster: machine === undefined, ...problem }));
  },
};

/** What does not fit, by the machine's name; undefined: of the whole cluster. Found once for all hosts. */
function mismatchesOf({ once, cluster, standing }: Context): Promise<ReadonlyMap<string | undefined, Mismatch[]>> {
  return once("mismatches", () => {
    const found = new Map<string | undefined, Mismatch[]>();
    for (const one of [...settingsMismatches(cluster, standing), ...machineMismatches(cluster, standing)])
      found.set(one.machine, [...(found.get(one.machine) ?? []), one]);
    return Promise.resolve(found);
  });
}

/** What lies in etcd's data directory was put there by a member of ours: our authority lies beside it. */
export const otherEtcd: Check = {
  name: "other etcd",
  async examine(host) {
    if (host.machine.role !== "master") return [];
    const { code } = await host.read("[ -d /var/lib/etcd/member ] && [ ! -e /etc/etcd/pki/ca.crt ]");
    if (code !== 0) return [];
    return [
      {
        code: "E_REFUSED",
        message: "/var/lib/etcd holds data of an etcd that is not ours",
        why: "there is no /etc/etcd/pki/ca.crt beside it",
        hint: EMPTY_IT,
      },
    ];
  },
};

/** All masters carry the same authorities, or none. Throws E_REFUSED where they do not. */
export const sameAuthorities: Check = {
  name: "authorities",
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

/** What machines say of their pods' addresses can be believed: all others will have routes to them. Throws E_REFUSED where it cannot. */
export const podRanges: Check = {
  name: "pod ranges",
  async examine(host, context) {
    if (hasPodRoutes(context.cluster) && isLeader(host, context)) await cidrsOf(context);
    return [];
  },
};
