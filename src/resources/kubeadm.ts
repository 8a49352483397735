import type { Host } from "../host.ts";
import { runLong } from "../remote/long.ts";
import type { Secret } from "../secret.ts";
import { commandFailed } from "./command.ts";
import { readNodes } from "./kubectl.ts";
import { type Change, defineResource, type Working } from "./resource.ts";

export interface KubeadmArgs {
  /** The master whose API server is asked who belongs to the cluster. */
  readonly leader: Host;
  readonly controlPlane: boolean;
  /** The kubeadm documents; made only when they are needed, because a join's token has to be made first. */
  config(): Promise<Secret>;
  /** Flags beside `--config`, for what the version at hand has no field for. */
  readonly flags: readonly string[];
}

interface Membership {
  /** What the API says: `true`, or why it is not known to it. */
  readonly node: true | string;
  readonly kubelet: string;
  readonly apiServer: boolean;
}

/**
 * Preflight errors that a run which died half way leaves behind: its own files and its own processes on their ports. kubeadm goes
 * over them again with the same certificates and the same result.
 */
const OWN_LEFTOVERS = [
  "DirAvailable--etc-kubernetes-manifests",
  "FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml",
  "FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml",
  "FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml",
  "FileAvailable--etc-kubernetes-kubelet.conf",
  "FileAvailable--etc-kubernetes-bootstrap-kubelet.conf",
  "FileAvailable--etc-kubernetes-pki-ca.crt",
  "Port-6443",
  "Port-10250",
  "Port-10257",
  "Port-10259",
];

/** A host is a member when the API knows its node, its kubelet runs and, on a master, its API server is set up: never by a file alone. */
async function read(host: Host, { leader }: KubeadmArgs): Promise<Membership> {
  const [nodes, local] = await Promise.all([
    readNodes(leader),
    host.read(
      "systemctl is-active kubelet; [ -f /etc/kubernetes/manifests/kube-apiserver.yaml ] && echo apiserver; true",
    ),
  ]);
  const [kubelet = "", apiServer] = local.stdout.split("\n");
  const known =
    typeof nodes === "string"
      ? nodes
      : nodes.some((node) => node.metadata.name === host.name) || "the API has no such node";
  return { node: known, kubelet, apiServer: apiServer === "apiserver" };
}

function diff({ controlPlane }: KubeadmArgs, state: Membership): readonly Change[] {
  const missing = [
    ...(state.node === true ? [] : [state.node]),
    ...(state.kubelet === "active" ? [] : [`its kubelet is ${state.kubelet}`]),
    ...(!controlPlane || state.apiServer ? [] : ["it has no API server"]),
  ];
  return missing.length === 0 ? [] : [{ field: "member", from: `no: ${missing.join("; ")}`, to: "yes" }];
}

/** `kubeadm init` on the first master, against the external etcd and certificates that are there already. */
export const kubeadmInit = defineResource<KubeadmArgs, Membership>({
  kind: "kubeadm-init",
  name: () => "cluster",
  read,
  diff,
  apply: (host, args, _, working) => kubeadm(host, "init", args, working),
});

/** `kubeadm join` of a master or a worker. */
export const kubeadmJoin = defineResource<KubeadmArgs, Membership>({
  kind: "kubeadm-join",
  name: ({ controlPlane }) => (controlPlane ? "master" : "worker"),
  read,
  diff,
  apply: (host, args, _, working) => kubeadm(host, "join", args, working),
});

/**
 * The documents hold a token: they go to kubeadm's stdin. kubeadm runs as a unit of its own, so that neither a lost session nor
 * our own death ends it half way; who comes back waits for the same run.
 */
async function kubeadm(host: Host, verb: "init" | "join", args: KubeadmArgs, working: Working): Promise<void> {
  const script = [
    `kubeadm ${verb} --config /dev/stdin`,
    `--ignore-preflight-errors=${OWN_LEFTOVERS.join(",")}`,
    // Its output is shown.
    ...(verb === "init" ? ["--skip-token-print"] : []),
    ...args.flags,
  ].join(" ");
  const long = { unit: `kubeadm-${verb}`, command: script, input: await args.config() };
  // Its last line is the reason of the wait already.
  const result = await runLong(host.connection, long, {
    wait: (condition) => working.wait(condition),
    progress: () => undefined,
  });
  if (result.code !== 0) throw commandFailed(host, script, result, `kubeadm ${verb} failed`);
}
