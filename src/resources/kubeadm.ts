import type { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { runLong, stillRuns } from "../remote/long.ts";
import { sh } from "../remote/shell.ts";
import type { Secret } from "../secret.ts";
import { command, commandFailed } from "./command.ts";
import type { Condition } from "./condition.ts";
import { detour, type Endpoint, hasLostConnection, onDetour } from "./kubeadm-connection.ts";
import { kubectl, type Node, readNodes, runKubectl } from "./kubectl.ts";
import { type Change, defineResource, type ResourceDefinition, type Working } from "./resource.ts";

export interface KubeadmArgs {
  /** The master whose API server is asked who belongs to the cluster. */
  readonly leader: Host;
  readonly controlPlane: boolean;
  /** The kubeadm documents; made only when they are needed, because a join's token has to be made first. */
  config(): Promise<Secret>;
  /** Flags beside `--config`, for what the version at hand has no field for. */
  readonly flags: readonly string[];
  /** What the last step of `kubeadm init` leaves in the cluster, for kubectl: `-n kube-system daemonset/kube-proxy`. */
  readonly lastObject?: string;
  /** Where clients find the cluster: until `kubeadm init` has ended, what goes there from this host goes to its own API server. */
  readonly endpoint?: Endpoint;
}

interface Membership {
  /** Why this host is no member; empty: it is one. */
  readonly missing: readonly string[];
  /** The API knows a node of its name, member or not. */
  readonly registered: boolean;
  readonly kubelet: string;
  /** kubeadm is at it right now, started by a run of Tripod that has died since. */
  readonly runs: boolean;
  /** The detour of a `kubeadm init` that was killed together with its unit is still there. */
  readonly detour: boolean;
}

type Verb = "init" | "join";

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

/**
 * A host is a member when the API knows its node, its kubelet has credentials and, on a master, its API server is set up: never by
 * a file alone. Nodes register early, so a founding counts once its last object is there, as long as nobody else has joined; later
 * that object is its owner's to delete.
 */
async function read(
  host: Host,
  { leader, controlPlane, lastObject, endpoint }: KubeadmArgs,
  verb: Verb,
): Promise<Membership> {
  const [nodes, founded, local] = await Promise.all([
    readNodes(leader),
    lastObject ? leader.read(kubectl(leader, `get ${lastObject} -o name`)) : undefined,
    host.read(`systemctl is-active kubelet
[ -f /etc/kubernetes/kubelet.conf ] && echo kubelet.conf
[ -f /etc/kubernetes/manifests/kube-apiserver.yaml ] && echo apiserver
${stillRuns(unitOf(verb))} && echo runs
${endpoint ? `${detour("C", host, endpoint)} 2>/dev/null && echo detour` : ""}
true`),
  ]);
  const [kubelet = "", ...found] = local.stdout.split("\n");
  const missing: string[] = [];
  const node = typeof nodes === "string" ? undefined : nodes.find(({ metadata }) => metadata.name === host.name);
  if (typeof nodes === "string") missing.push(nodes);
  else if (!node) missing.push("the API has no such node");
  else if (controlPlane && !isMarked(node)) missing.push(`kubeadm ${verb} did not come to its end`);
  else if (founded && founded.code !== 0 && nodes.length === 1) missing.push("kubeadm init did not come to its end");
  if (!found.includes("kubelet.conf")) missing.push("its kubelet has no credentials");
  if (controlPlane && !found.includes("apiserver")) missing.push("it has no API server");
  return {
    missing,
    registered: node !== undefined,
    kubelet,
    runs: found.includes("runs"),
    detour: found.includes("detour"),
  };
}

/** The label is the last thing that kubeadm gives a master: `master` until 1.23, `control-plane` from 1.20 on. */
function isMarked({ metadata: { labels = {} } }: Node): boolean {
  return ["control-plane", "master"].some((role) => `node-role.kubernetes.io/${role}` in labels);
}

function diff({ missing, kubelet, runs, detour }: Membership, verb: Verb): readonly Change[] {
  if (detour && !runs && missing.length === 0)
    return [{ field: "detour", from: "left behind by a kubeadm init that was killed", to: "absent" }];
  if (runs) return [{ field: "member", from: `not yet: kubeadm ${verb} still runs`, to: "yes" }];
  if (missing.length > 0) return [{ field: "member", from: `no: ${missing.join("; ")}`, to: "yes" }];
  return kubelet === "active" ? [] : [{ field: "kubelet", from: kubelet, to: "active" }];
}

/** `kubeadm init` on the first master, against the external etcd and certificates that are there already. */
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
            return !state.runs || "it still runs";
          },
        });
      }
      if (state.missing.length > 0) await becomeMember(host, args, verb, state, working);
      else if (state.kubelet !== "active") await command(host, "systemctl start kubelet");
      else if (args.endpoint) await command(host, detour("D", host, args.endpoint));
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

/** @throws TripodError E_COMMAND with what kubeadm said last; where it has lost its connection, after a second try */
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
    working.progress(`kubeadm ${verb} has lost its connection to the API; it is run again`);
    state = await read(host, args, verb);
  }
}

/**
 * A kubelet registers early and by itself: a join that broke off leaves a node behind, with which no other join is let in. Its
 * credentials go before it, so that it does not come back.
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
 * The documents hold a token: they go to kubeadm's stdin. kubeadm runs as a unit of its own, so that neither a lost session nor
 * our own death ends it half way; who comes back waits for the same run.
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
    command: endpoint ? onDetour(script, host, endpoint) : script,
    input: await args.config(),
  };
  // Its last line is the reason of the wait already.
  const result = await runLong(host.connection, long, {
    wait: (condition) => working.wait(condition),
    progress: () => undefined,
  });
  if (result.code === 0) return { log: result.stdout };
  // What it reads from stdin is gone with it.
  const hint = `all that it said is in /run/tripod/${unitOf(verb)}.log there; when its cause is mended, run Tripod again`;
  return { failure: commandFailed(host, script, result, `kubeadm ${verb} failed`, hint), log: result.stdout };
}
