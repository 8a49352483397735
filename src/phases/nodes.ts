import { withMasterTaints } from "../config/kubeadm.ts";
import { withComponentSettings } from "../config/component-settings.ts";
import type { Host } from "../host.ts";
import { editedFile } from "../resources/edited-file.ts";
import { node } from "../resources/node.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { leader } from "./leader.ts";
import { type Context, type Phase, sameHost } from "./phase.ts";
import { resolvConfOf } from "./resolv-conf.ts";
import { firstMaster } from "./first-master.ts";
import { otherMasters } from "./other-masters.ts";
import { workers } from "./workers.ts";

/** Every taint that any supported kubeadm gives to masters. */
const MASTER_TAINTS = ["node-role.kubernetes.io/master:NoSchedule", "node-role.kubernetes.io/control-plane:NoSchedule"];

const KUBELET_CONFIG = "/var/lib/kubelet/config.yaml";

/** kubeadm writes them when a node joins, and does not update them. */
function kubeletSettings(host: Host, context: Context): Resource[] {
  const resolvConf = resolvConfOf(host, context);
  const settings = { ...context.cluster.kubernetes.kubelet, ...(resolvConf === undefined ? {} : { resolvConf }) };
  if (Object.keys(settings).length === 0) return [];
  return [
    editedFile({ path: KUBELET_CONFIG, edit: (text) => withComponentSettings(text, settings) }),
    service({ unit: "kubelet.service", reads: [KUBELET_CONFIG] }),
  ];
}

/** Labels, taints and kubelet settings of the inventory on every node; masters take ordinary pods where the inventory asks for it. */
export const nodes: Phase = {
  name: "nodes",
  title: "Nodes: labels, taints, kubelets",
  needs: [sameHost(firstMaster), sameHost(otherMasters), sameHost(workers)],
  hosts: ({ cluster }) => cluster.machines,
  resources(host, context) {
    const { name, labels, taints, role } = host.machine;
    const { kubernetes } = context.cluster;
    const open = role === "master" && kubernetes.mastersSchedulable;
    const named = new Set(taints.map(({ key, effect }) => `${key}:${effect}`));
    const closed = role === "master" && !kubernetes.mastersSchedulable;
    return [
      node({
        leader: leader(context),
        name,
        labels,
        taints: closed ? withMasterTaints(kubernetes, taints) : taints,
        // A taint that the inventory names is wanted, even where it is one of kubeadm's own.
        unwantedTaints: open ? MASTER_TAINTS.filter((taint) => !named.has(taint)) : [],
      }),
      ...kubeletSettings(host, context),
    ];
  },
};
