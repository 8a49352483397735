import { isIPv4 } from "node:net";
import { z } from "zod";
import { isAway, TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { LIST_OUTPUT } from "../remote/limits.ts";
import type { Condition } from "../condition.ts";
import { lastLine } from "../last-lines.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";
import { parsedJson } from "./json.ts";
import { type Pod, podForm, whyNot } from "./pods.ts";
import { podsReached } from "./pods-reached.ts";
import type { Change, Resource, Working } from "./resource.ts";
import { recordVerify, VERIFY, type VerifyRecord, verifyRecordIn } from "./verify-record.ts";

export interface WorkloadArgs {
  /** Whether this run has changed something: then the check runs, whatever is recorded. */
  readonly changed: boolean;
  readonly leader: Host;
  /** In the inventory's order. Each of them gets a pod, and must reach those of the others. */
  readonly hosts: readonly Host[];
  /** An image that every host already has: pause, whose network namespace answers pings. */
  readonly image: string;
  /** The address of the Service `kubernetes`. */
  readonly serviceAddress: string;
}

interface Found {
  readonly record: VerifyRecord | string;
  readonly leftBehind: boolean;
}

/**
 * A pod on every node, reached from every host, and removed again. The result is recorded in the cluster, because it has no other effect:
 * until it is `reached`, the check has to run. What an interrupted run has left is always removed.
 */
export function workload(args: WorkloadArgs): Resource {
  const { leader } = args;
  let proven = false;
  return {
    kind: "workload",
    name: VERIFY,
    async inspect(_, working) {
      const { record, leftBehind } = await read(leader);
      const due = proven ? undefined : whyDue(args, record);
      return {
        changes: (): Change[] => [
          ...(leftBehind ? [{ field: "daemonset", from: "left by an interrupted run", to: "absent" }] : []),
          ...(due ? [{ field: "workload", from: due, to: "a pod on every node, reached from every host" }] : []),
        ],
        async apply() {
          if (leftBehind) await removeDaemonSet(leader);
          if (!due) return;
          await recordVerify(leader, { result: "due" });
          try {
            await prove(args, working);
          } catch (error) {
            // The next run would repeat the check anyway; neither of these may hide the reason why this one failed.
            if (!working.signal.aborted && !isAway(error))
              await recordVerify(leader, { result: "failed", why: reasonOf(error) }).catch(() => undefined);
            await removeDaemonSet(leader).catch(() => undefined);
            throw error;
          }
          await recordVerify(leader, { result: "reached" });
          await removeDaemonSet(leader);
          proven = true;
        },
      };
    },
  };
}

async function read(leader: Host): Promise<Found> {
  const get = kubectl(leader, `get configmaps,daemonsets.apps -A --field-selector metadata.name=${VERIFY} -o json`);
  const { code, stdout, stderr } = await leader.read(`[ ! -f ${ADMIN_CONF} ] || ${get}`);
  if (code !== 0) return { record: lastLine(stderr, "the API server does not answer"), leftBehind: false };
  const list = parsedJson(leader, "`kubectl get configmaps`", stdout.trim() || NOTHING, namedList);
  if ("why" in list) return { record: list.why, leftBehind: false };
  const { items } = list.value;
  const find = (kind: string, namespace: string) =>
    items.find((item) => item.kind === kind && item.metadata.namespace === namespace);
  return {
    record: verifyRecordIn(find("ConfigMap", "kube-system")),
    leftBehind: find("DaemonSet", "default") !== undefined,
  };
}

/** Before the cluster exists. */
const NOTHING = '{"items":[]}';

const named = z.looseObject({ kind: z.string(), metadata: z.object({ namespace: z.string().optional() }) });
const namedList = z.object({ items: z.array(named) });

function whyDue({ changed }: WorkloadArgs, record: VerifyRecord | string): string | undefined {
  if (typeof record === "string") return `not known: ${record}`;
  if (record.result === "failed") return `failed: ${record.why ?? "no reason recorded"}`;
  return changed || record.result === "due" ? "not checked since the last change" : undefined;
}

function reasonOf(error: unknown): string {
  return (
    (error instanceof TripodError && error.details.why) || (error instanceof Error ? error.message : String(error))
  );
}

function removeDaemonSet(leader: Host): Promise<unknown> {
  return runKubectl(leader, `delete daemonset ${VERIFY} --ignore-not-found --wait=false >/dev/null`);
}

async function prove(args: WorkloadArgs, working: Working): Promise<void> {
  const { leader, hosts, serviceAddress } = args;
  await runKubectl(leader, "apply -f - >/dev/null", { input: JSON.stringify(daemonSet(args)) });
  let addresses: ReadonlyMap<string, string> = new Map();
  await working.wait(podsRunning(args, (found) => (addresses = found)));
  await working.wait(podsReached({ hosts, addresses, serviceAddress }));
}

const LABELS = { app: VERIFY };

function daemonSet({ image }: WorkloadArgs): object {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: VERIFY, namespace: "default", labels: LABELS },
    spec: {
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          // On masters too, and on cordoned nodes: every node of the cluster has to be reached.
          tolerations: [{ operator: "Exists" }],
          containers: [{ name: "pause", image, imagePullPolicy: "IfNotPresent" }],
        },
      },
    },
  };
}

/** @param found called with the address of the pod on each machine */
function podsRunning(
  { leader, hosts }: WorkloadArgs,
  found: (addresses: ReadonlyMap<string, string>) => void,
): Condition {
  return {
    title: "a pod is running on every node",
    within: 120_000,
    async holds() {
      const get = kubectl(leader, `get daemonsets.apps,pods -l app=${VERIFY} -o json`);
      const { code, stdout, stderr } = await leader.read(get, { maxOutput: LIST_OUTPUT });
      if (code !== 0) return lastLine(stderr, "the API server does not answer");
      const list = parsedJson(leader, "`kubectl get pods`", stdout, itemList);
      if ("why" in list) return list.why;
      const pods = podsOfOurs(list.value.items);
      const addresses = new Map(pods.flatMap(addressOf));
      found(addresses);
      const without = hosts.filter(({ name }) => !addresses.has(name)).map(({ name }) => name);
      if (without.length === 0) return true;
      const waiting = pods.filter((pod) => addressOf(pod).length === 0);
      return `${hosts.length - without.length} of ${hosts.length} are running, none on ${listed(without)}${whyNot(waiting)}`;
    },
  };
}

const item = podForm.extend({
  kind: z.string(),
  metadata: podForm.shape.metadata.extend({ uid: z.string().optional() }),
});
const itemList = z.object({ items: z.array(item) });

/** Pods of a DaemonSet that was removed a moment ago may still run, and are about to end. */
function podsOfOurs(items: readonly z.output<typeof item>[]): Pod[] {
  const uid = items.find(({ kind }) => kind === "DaemonSet")?.metadata.uid;
  return items.filter(
    ({ kind, metadata: { deletionTimestamp, ownerReferences = [] } }) =>
      kind === "Pod" && !deletionTimestamp && ownerReferences.some((owner) => owner.uid === uid),
  );
}

/** The pod's machine and address. Only an IPv4 address is accepted from the API: hosts ping it, and `getaddrinfo` would resolve a name. */
function addressOf({ spec, status }: Pod): [string, string][] {
  const { podIP = "" } = status;
  return status.phase === "Running" && spec?.nodeName && isIPv4(podIP) ? [[spec.nodeName, podIP]] : [];
}

function listed(names: readonly string[]): string {
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
