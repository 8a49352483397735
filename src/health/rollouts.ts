import { z } from "zod";
import type { Condition } from "../condition.ts";
import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import { LIST_OUTPUT } from "../remote/limits.ts";
import { sh } from "../remote/shell.ts";
import { parsedJson } from "../resources/json.ts";
import { kubectl } from "../resources/kubectl.ts";
import type { ManifestObject } from "../resources/manifest-objects.ts";
import { type Pod, podForm, whyNot } from "../resources/pods.ts";

/** Deadline, ms: every host pulls the images meanwhile, and nodes are Ready only afterwards. */
export const ROLLED_OUT_WITHIN = 600_000;

const count = z.number().default(0);
const labels = z.record(z.string(), z.string());

/** What Tripod reads of a DaemonSet or a Deployment. */
const workload = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), generation: count }),
  spec: z.object({
    replicas: z.number().default(1),
    updateStrategy: z.object({ type: z.string().optional() }).prefault({}),
    selector: z.object({ matchLabels: labels.prefault({}) }).prefault({}),
  }),
  status: z
    .object({
      observedGeneration: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      updatedReplicas: count,
      availableReplicas: count,
    })
    .prefault({}),
});

type Workload = z.output<typeof workload>;

const workloads = z.object({ items: z.array(workload) });
const pods = z.object({
  items: z.array(podForm.extend({ metadata: podForm.shape.metadata.extend({ labels: labels.prefault({}) }) })),
});

type LabelledPod = z.output<typeof pods>["items"][number];

/**
 * The pods of these DaemonSets and Deployments are of their newest form, and available: as `kubectl rollout status` counts. Pods of a DaemonSet on
 * other nodes than those of the inventory do not count: such a node may be gone for good.
 * @param machines the inventory's, by name
 */
export function rolledOut(leader: Host, wanted: readonly ManifestObject[], machines: readonly string[]): Condition {
  const namespaces = [...new Set(wanted.map(namespaceOf))];
  return {
    title: `the pods of ${wanted.length === 1 ? called(wanted[0]) : `${wanted.length} workloads of the pod network`} are available`,
    within: ROLLED_OUT_WITHIN,
    async holds() {
      const answers = await Promise.all(
        namespaces.map((namespace) =>
          problemIn(
            leader,
            namespace,
            wanted.filter((each) => namespaceOf(each) === namespace),
            machines,
          ),
        ),
      );
      return answers.find((answer) => answer !== undefined) ?? true;
    },
    hint: () =>
      "see which pods do not run, and what they log (`kubectl get pods -A -o wide`, `kubectl logs`); then run the same command again",
  };
}

async function problemIn(
  leader: Host,
  namespace: string,
  wanted: readonly ManifestObject[],
  machines: readonly string[],
): Promise<string | undefined> {
  const found = await list(leader, sh`daemonsets.apps,deployments.apps -n ${namespace}`, workloads);
  if (typeof found === "string") return found;
  const states = wanted.map((each) => ({
    each,
    state: found.items.find(({ kind, metadata }) => kind === each.kind && metadata.name === each.name),
  }));
  const waiting = states.filter(({ state }) => !state || !isAvailable(state));
  if (waiting.length === 0) return undefined;
  const all = await list(leader, sh`pods -n ${namespace}`, pods);
  if (typeof all === "string") return all;
  const problems = waiting.map(({ each, state }) =>
    state ? problemOf(each, state, all.items, machines) : `${called(each)} is not in the cluster`,
  );
  return problems.find((problem) => problem !== undefined);
}

async function list<T>(leader: Host, what: string, form: z.ZodType<T>): Promise<T | string> {
  const { code, stdout, stderr } = await leader.read(kubectl(leader, `get ${what} -o json`), {
    maxOutput: LIST_OUTPUT,
  });
  if (code !== 0) return lastLine(stderr, "the API server does not answer");
  const parsed = parsedJson(leader, `\`kubectl get ${what.split(" ", 1).join("")}\``, stdout, form);
  return "why" in parsed ? parsed.why : parsed.value;
}

function isAvailable(of: Workload): boolean {
  const { desired, updated, available } = counts(of);
  return of.status.observedGeneration >= of.metadata.generation && updated >= desired && available >= desired;
}

function counts({ kind, spec, status }: Workload): Record<"desired" | "updated" | "available", number> {
  return kind === "DaemonSet"
    ? {
        desired: status.desiredNumberScheduled,
        // Of such a DaemonSet, pods change only when somebody deletes them.
        updated:
          spec.updateStrategy.type === "OnDelete" ? status.desiredNumberScheduled : status.updatedNumberScheduled,
        available: status.numberAvailable,
      }
    : { desired: spec.replicas, updated: status.updatedReplicas, available: status.availableReplicas };
}

function problemOf(
  of: ManifestObject,
  state: Workload,
  all: readonly LabelledPod[],
  machines: readonly string[],
): string | undefined {
  const selected = Object.entries(state.spec.selector.matchLabels);
  const unready = all.filter(
    (pod) =>
      selected.length > 0 && selected.every(([key, value]) => pod.metadata.labels[key] === value) && !isReady(pod),
  );
  const elsewhere = unready.filter(({ spec }) => spec?.nodeName !== undefined && !machines.includes(spec.nodeName));
  const { desired, updated, available } = counts(state);
  if (state.kind === "DaemonSet" && elsewhere.length > 0 && available + elsewhere.length >= desired) return undefined;
  const nodes = unready.flatMap(({ spec }) => spec?.nodeName ?? []).filter((node) => machines.includes(node));
  const where = nodes.length > 0 ? `, none on ${nodes.length <= 6 ? nodes.join(", ") : `${nodes.length} nodes`}` : "";
  const old = updated < desired && available >= desired ? `; ${desired - updated} are of an older form` : "";
  return `${called(of)}: ${available} of ${desired} pods are available${where}${old}${whyNot(unready)}`;
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") ?? false;
}

function namespaceOf({ namespace = "default" }: ManifestObject): string {
  return namespace;
}

function called(of: ManifestObject | undefined): string {
  return of ? `${of.kind} ${namespaceOf(of)}/${of.name}` : "";
}
