import { z } from "zod";
import type { Host } from "../host.ts";
import { LIST_OUTPUT } from "../remote/limits.ts";
import type { Condition } from "../condition.ts";
import { lastLine } from "../last-lines.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";
import { parsedJson } from "./json.ts";
import { type Pod, podForm, whyNot } from "./pods.ts";
import { defineResource } from "./resource.ts";

interface KubeProxyState {
  /** When its ConfigMap was last written, ms since the epoch; 0: unknown. */
  readonly written: number;
  readonly pods: readonly Pod[];
  /** Why the state is not known. */
  readonly unknown?: string;
}

const CONFIG = "/api/v1/namespaces/kube-system/configmaps/kube-proxy";
const PODS = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-proxy";

/** kube-proxy's pods, none older than the ConfigMap that each reads when it starts: the same rule as for a service and its files. */
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
        to: "again, one at a time",
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
  // Before the cluster exists both are empty.
  if (config.stdout.trim() === "" || pods.stdout.trim() === "") return { written: 0, pods: [] };
  const written = parsedJson(leader, `\`kubectl get --raw ${CONFIG}\``, config.stdout, configForm);
  const found = parsedJson(leader, `\`kubectl get --raw ${PODS}\``, pods.stdout, podList);
  if ("why" in written) return { written: 0, pods: [], unknown: written.why };
  if ("why" in found) return { written: 0, pods: [], unknown: found.why };
  return {
    written: writtenAt(written.value),
    pods: found.value.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
  };
}

const time = z.string().optional();
const configForm = z.object({
  metadata: z.object({ creationTimestamp: time, managedFields: z.array(z.object({ time })).optional() }),
});
const podList = z.object({ items: z.array(podForm) });

/** Every write of a field records its time (server-side apply's managedFields, 1.18). */
function writtenAt({ metadata }: z.output<typeof configForm>): number {
  const times = [metadata.creationTimestamp, ...(metadata.managedFields ?? []).map((field) => field.time)];
  return Math.max(0, ...times.map((each) => Date.parse(each ?? "")).filter((ms) => !Number.isNaN(ms)));
}
