import { controlPlaneEndpoint } from "../../config/kubeadm.ts";
import { kubernetesAuthorities } from "../../pki/kubernetes.ts";
import { etcdAuthorityOf, kubernetesAuthorityOf } from "../certificates.ts";
import { serviceAccountKeys } from "../authorities.ts";
import type { Check } from "./check.ts";

const EMPTY_IT =
  "if it is to serve here, empty it first (`kubeadm reset`, and move its data away); if not, mend the inventory";

/** The host is no member of another cluster: what its kubelet or its kubectl talks to is this cluster's endpoint. */
export const otherCluster: Check = {
  name: "other cluster",
  async examine(host, { cluster }) {
    const ours = new Set([
      `https://${controlPlaneEndpoint(cluster)}`,
      ...cluster.masters.map(({ address }) => `https://${address}:6443`),
    ]);
    const { stdout } = await host.read(
      "grep -Hs '^ *server:' /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/admin.conf; true",
    );
    const strange = [...stdout.matchAll(/^(\S+?):\s*server:\s*(\S+)$/gm)].find(
      ([, , server = ""]) => !ours.has(server),
    );
    if (!strange) return [];
    return [
      {
        code: "E_REFUSED",
        message: `it belongs to another cluster: ${strange[1] ?? ""} names ${strange[2] ?? ""}`,
        hint: EMPTY_IT,
      },
    ];
  },
};

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
