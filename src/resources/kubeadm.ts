import type { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { runLong, stillRuns } from "../remote/long.ts";
import { API_SERVER_MANIFEST, API_SERVER_PORT } from "../layout.ts";
import { sh } from "../remote/shell.ts";
import type { Secret } from "../secret.ts";
import { command, commandFailed } from "./command.ts";
import type { Condition } from "../condition.ts";
import { redirect, type Endpoint, hasLostConnection, withRedirect } from "./kubeadm-connection.ts";
import { kubectl, type Node, readNodes, runKubectl } from "./kubectl.ts";
import { type Change, defineResource, type ResourceDefinition, type Working } from "./resource.ts";

export interface KubeadmArgs {
  /** The master whose API server knows the members of the cluster. */
  readonly leader: Host;
  readonly controlPlane: boolean;
  /** The kubeadm documents; created only when they are needed, because a join's token has to be created first. */
  config(): Promise<Secret>;
  /** Flags beside `--config`, for settings that this version's documents have no field for. */
  readonly flags: readonly string[];
  /** The object that the last step of `kubeadm init` creates, as kubectl names it: `-n kube-system daemonset/kube-proxy`. */
  readonly lastObject?: string;
  /** The cluster's endpoint: until `kubeadm init` has ended, this host's connections to it go to its own API server. */
  readonly endpoint?: Endpoint;
}

interface Membership {
  /** Why this host is not a member; empty: it is one. */
  readonly missing: readonly string[];
  /** The API has a node of its name, member or not. */
  readonly registered: boolean;
  readonly kubelet: string;
  /** kubeadm is running, started by an earlier run of Tripod that was killed. */
  readonly runs: boolean;
  /** The redirect of a `kubeadm init` that was killed together with its unit is still there. */
  readonly redirect: boolean;
}

type Verb = "init" | "join";

/**
 * Preflight errors that are caused by an earlier run that was killed: its own files and its own processes on their ports. kubeadm writes
 * the files again from the same certificates, with the same result.
 */
const OWN_LEFTOVERS = [
  "DirAvailable--etc-kubernetes-manifests",
  "FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml",
  "FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml",
  "FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml",
  "FileAvailable--etc-kubernetes-kubelet.conf",
  "FileAvailable--etc-kubernetes-bootstrap-kubelet.conf",
  "FileAvailable--etc-kubernetes-pki-ca.crt",
  `Port-${API_SERVER_PORT}`,
  "Port-10250",
  "Port-10257",
  "Port-10259",
];

/**
 * A host is a member when the API knows its node, its kubelet has credentials and, on a master, its API server is set up: a
 * file alone is not enough. Nodes register early, so `kubeadm init` is complete once its last object exists. That counts only as long as
 * no other node has joined: later the owner of the cluster may delete that object.
 */
async function read(
  host: Host,
  { leader, controlPlane, lastObject, endpoint }: KubeadmArgs,
  verb: Verb,
): Promise<Membership> {
  const [nodes, last, local] = await Promise.all([
    readNodes(leader),
    lastObject ? leader.read(kubectl(leader, `get ${lastObject} -o name`)) : undefined,
    host.read(`systemctl is-active kubelet
[ -f /etc/kubernetes/kubelet.conf ] && echo kubelet.conf
[ -f ${API_SERVER_MANIFEST} ] && echo apiserver
${stillRuns(unitOf(verb))} && echo runs
${endpoint ? `${redirect("C", host, endpoint)} 2>/dev/null && echo detour` : ""}
true`),
  ]);
  const [kubelet = "", ...found] = local.stdout.split("\n");
  const missing: string[] = [];
  const node = typeof nodes === "string" ? undefined : nodes.find(({ metadata }) => metadata.name === host.name);
  if (typeof nodes === "string") missing.push(nodes);
  else if (!node) missing.push("the API has no node of this name");
  else if (controlPlane && !isMarked(node)) missing.push(`kubeadm ${verb} did not finish`);
  else if (last && last.code !== 0 && nodes.length === 1) missing.push("kubeadm init did not finish");
  if (!found.includes("kubelet.conf")) missing.push("its kubelet has no credentials");
  if (controlPlane && !found.includes("apiserver")) missing.push("it has no API server");
  return {
    missing,
    registered: node !== undefined,
    kubelet,
    runs: found.includes("runs"),
    redirect: found.includes("detour"),
  };
}

/** The label is the last thing that kubeadm sets on a master: `master` until 1.23, `control-plane` from 1.20 on. */
function isMarked({ metadata: { labels = {} } }: Node): boolean {
  return ["control-plane", "master"].some((role) => `node-role.kubernetes.io/${role}` in labels);
}

function diff({ missing, kubelet, runs, redirect }: Membership, verb: Verb): readonly Change[] {
  if (redirect && !runs && missing.length === 0)
    return [{ field: "redirect", from: "left by a kubeadm init that was killed", to: "absent" }];
  if (runs) return [{ field: "member", from: `not yet: kubeadm ${verb} is still running`, to: "yes" }];
  if (missing.length > 0) return [{ field: "member", from: `no: ${missing.join("; ")}`, to: "yes" }];
  return kubelet === "active" ? [] : [{ field: "kubelet", from: kubelet, to: "active" }];
}

/** `kubeadm init` on the first master, with the external etcd and the existing certificates. */
export const kubeadmInit = defineResource<KubeadmArgs, Membership>({
  kind: "kubeadm-init",
  name: () => "cluster",
  ...membership("init"),
});

/** `kubeadm join` of a master or a worker. */
export const kubeadmJoin = defineResource<KubeadmArgs, Membership>({
  kind: "kubeadm-join",
  name: ({ controlPlane }) => (controlPlane ? "master" : "worker"),
  ...membership("join"),
});

function membership(verb: Verb): Pick<ResourceDefinition<KubeadmArgs, Membership>, "read" | "diff" | "apply"> {
  return {
    read: (host, args) => read(host, args, verb),
    diff: (_, state) => diff(state, verb),
    async apply(host, args, found, working) {
      let state = found;
      if (state.runs) {
        await working.wait({
          title: `kubeadm ${verb} of an earlier run ends`,
          within: 15 * 60_000,
          holds: async () => {
            state = await read(host, args, verb);
            return !state.runs || "it is still running";
          },
        });
      }
      if (state.missing.length > 0) await becomeMember(host, args, verb, state, working);
      else if (state.kubelet !== "active") await command(host, "systemctl start kubelet");
      else if (args.endpoint) await command(host, redirect("D", host, args.endpoint));
    },
  };
}

function isMember(host: Host, args: KubeadmArgs, verb: Verb): Condition {
  return {
    title: `${host.name} is a member of the cluster`,
    within: 120_000,
    async holds() {
      const { missing } = await read(host, args, verb);
      return missing.length === 0 || missing.join("; ");
    },
  };
}

/** @throws TripodError E_COMMAND with kubeadm's last lines; where it lost its connection, after a second try */
async function becomeMember(
  host: Host,
  args: KubeadmArgs,
  verb: Verb,
  found: Membership,
  working: Working,
): Promise<void> {
  let state = found;
  for (let tries = 1; state.missing.length > 0; tries++) {
    if (verb === "join" && state.registered) await forget(host, args.leader);
    const { failure, log } = await kubeadm(host, verb, args, working);
    // A newer kubeadm (seen with 1.36) ends before its kubelet has registered.
    if (!failure) return working.wait(isMember(host, args, verb));
    if (tries === 2 || !hasLostConnection(log)) throw failure;
    working.progress(`kubeadm ${verb} lost its connection to the API and is run again`);
    state = await read(host, args, verb);
  }
}

/**
 * A kubelet registers early and by itself: an interrupted join leaves a node, which makes kubeadm refuse to join again. Its credentials
 * are removed before the node, so that it does not register again.
 */
async function forget(host: Host, leader: Host): Promise<void> {
  const credentials = "/etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /var/lib/kubelet/pki";
  await command(host, `systemctl stop kubelet; rm -rf ${credentials}`);
  await runKubectl(leader, sh`delete node ${host.name} --ignore-not-found >/dev/null`);
}

function unitOf(verb: Verb): string {
  return `kubeadm-${verb}`;
}

/**
 * The documents contain a token: they go to kubeadm's stdin. kubeadm runs as its own unit, so that neither a lost session nor the death
 * of Tripod interrupts it; the next run of Tripod waits for the same kubeadm.
 */
async function kubeadm(
  host: Host,
  verb: Verb,
  args: KubeadmArgs,
  working: Working,
): Promise<{ readonly failure?: TripodError; readonly log: string }> {
  const script = [
    `kubeadm ${verb} --config /dev/stdin`,
    `--ignore-preflight-errors=${OWN_LEFTOVERS.join(",")}`,
    // Its output is shown.
    ...(verb === "init" ? ["--skip-token-print"] : []),
    ...args.flags,
  ].join(" ");
  const { endpoint } = args;
  const long = {
    unit: unitOf(verb),
    command: endpoint ? withRedirect(script, host, endpoint) : script,
    input: await args.config(),
  };
  // The wait already shows its last line as its reason.
  const result = await runLong(host.connection, long, {
    wait: (condition) => working.wait(condition),
    progress: () => undefined,
  });
  if (result.code === 0) return { log: result.stdout };
  // Its stdin is not kept, so it cannot be run by hand.
  const hint = `its whole log is /run/tripod/${unitOf(verb)}.log there; fix the cause, then run Tripod again`;
  return { failure: commandFailed(host, script, result, `kubeadm ${verb} failed`, hint), log: result.stdout };
}
