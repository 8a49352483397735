import type { Host } from "../host.ts";
import { LIST_OUTPUT } from "../remote/limits.ts";
import type { Condition } from "./condition.ts";
import { lastLine } from "./command.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";
import { type Pod, whyNot } from "./pods.ts";
import { defineResource } from "./resource.ts";

interface KubeProxyState {
  /** When its ConfigMap was last written, ms since the epoch; 0: not known. */
  readonly written: number;
  readonly pods: readonly Pod[];
  /** Why nothing is known. */
  readonly unknown?: string;
}

const CONFIG = "/api/v1/namespaces/kube-system/configmaps/kube-proxy";
const PODS = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-proxy";

/** kube-proxy's pods, none older than the ConfigMap that each reads when it starts: the same question as for a service and its files. */
export const kubeProxyPods = defineResource<{ readonly leader: Host }, KubeProxyState>({
  kind: "kube-proxy",
  name: () => "pods",
  read: (_, { leader }) => readState(leader),
  diff(_, state, pending) {
    const old = pending.has("configmap:kube-proxy") ? state.pods : older(state);
    if (old.length === 0) return [];
    const on = old.map(({ spec }) => spec?.nodeName ?? "?").toSorted();
    return [
      {
        field: "restarted",
        from: `older than their configuration on ${on.join(", ")}`,
        to: "again, one after the other",
      },
    ];
  },
  async apply(_, { leader }, __, working) {
    await runKubectl(leader, "-n kube-system rollout restart daemonset/kube-proxy >/dev/null");
    await working.wait(allAnew(leader));
  },
});

function older({ written, pods }: KubeProxyState): readonly Pod[] {
  return pods.filter(({ metadata }) => Date.parse(metadata.creationTimestamp ?? "") < written);
}

function allAnew(leader: Host): Condition {
  return {
    title: "kube-proxy has its new configuration on every node",
    within: 300_000,
    async holds() {
      const state = await readState(leader);
      if (state.unknown !== undefined) return state.unknown;
      const left = older(state).map(({ spec }) => spec?.nodeName ?? "?");
      if (left.length > 0) return `not yet on ${left.toSorted().join(", ")}${whyNot(state.pods)}`;
      const waiting = state.pods.filter(({ status }) => status.phase !== "Running");
      return waiting.length === 0 || `${waiting.length} pods are not running${whyNot(waiting)}`;
    },
  };
}

async function readState(leader: Host): Promise<KubeProxyState> {
  const raw = (path: string) =>
    leader.read(`[ ! -f ${ADMIN_CONF} ] || ${kubectl(leader, `get --raw '${path}'`)}`, { maxOutput: LIST_OUTPUT });
  const [config, pods] = await Promise.all([raw(CONFIG), raw(PODS)]);
  const unknown = [config, pods].find(({ code }) => code !== 0);
  if (unknown) return { written: 0, pods: [], unknown: lastLine(unknown.stderr, "the API server does not answer") };
  return { written: writtenAt(config.stdout), pods: podsIn(pods.stdout) };
}

interface Written {
  readonly metadata?: {
    readonly creationTimestamp?: string;
    readonly managedFields?: readonly { readonly time?: string }[];
  };
}

/** Whoever writes a field leaves the time there (server-side apply's managedFields, 1.18). */
function writtenAt(text: string): number {
  const { metadata } = (parsed(text) ?? {}) as Written;
  const times = [metadata?.creationTimestamp, ...(metadata?.managedFields ?? []).map(({ time }) => time)];
  return Math.max(0, ...times.map((time) => Date.parse(time ?? "")).filter((ms) => !Number.isNaN(ms)));
}

function podsIn(text: string): readonly Pod[] {
  const items = ((parsed(text) ?? {}) as { items?: readonly Pod[] }).items ?? [];
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
