import { isIPv4 } from "node:net";
import { z } from "zod";
import { isAway, TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { LIST_OUTPUT } from "../remote/limits.ts";
import type { Condition } from "./condition.ts";
import { lastLine } from "./command.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";
import { understood } from "./json.ts";
import { type Pod, podForm, whyNot } from "./pods.ts";
import { podsReached } from "./pods-reached.ts";
import type { Change, Resource, Working } from "./resource.ts";
import { recordVerify, VERIFY, type VerifyRecord, verifyRecordIn } from "./verify-record.ts";

export interface WorkloadArgs {
  /** Whether something has been changed in this run, so that it must be tried whatever is recorded. */
  readonly changed: boolean;
  readonly leader: Host;
  /** In the inventory's order. Each of them gets a pod, and must reach those of the others. */
  readonly hosts: readonly Host[];
  /** An image every host has already: pause, whose network namespace answers pings. */
  readonly image: string;
  /** The address of the Service `kubernetes`. */
  readonly serviceAddress: string;
}

interface Found {
  readonly record: VerifyRecord | string;
  readonly leftBehind: boolean;
}

/**
 * A pod on every node, reached from every host, and taken away again. The verdict is recorded in the cluster, because it leaves no other
 * trace: as long as it is not that all were reached, there is something to do. What a run that broke off has left is always taken away.
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
          ...(leftBehind ? [{ field: "daemonset", from: "left behind by a run that broke off", to: "absent" }] : []),
          ...(due ? [{ field: "workload", from: due, to: "a pod on every node, reached from every host" }] : []),
        ],
        async apply() {
          if (leftBehind) await takeAway(leader);
          if (!due) return;
          await recordVerify(leader, { result: "due" });
          try {
            await prove(args, working);
          } catch (error) {
            // The next run would find out as well; neither may stand before the reason why this one ends.
            if (!working.signal.aborted && !isAway(error))
              await recordVerify(leader, { result: "failed", why: reasonOf(error) }).catch(() => undefined);
            await takeAway(leader).catch(() => undefined);
            throw error;
          }
          await recordVerify(leader, { result: "reached" });
          await takeAway(leader);
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
  const list = understood(leader, "`kubectl get configmaps`", stdout.trim() || NOTHING, namedList);
  if ("why" in list) return { record: list.why, leftBehind: false };
  const { items } = list.value;
  const find = (kind: string, namespace: string) =>
    items.find((item) => item.kind === kind && item.metadata.namespace === namespace);
  return {
    record: verifyRecordIn(find("ConfigMap", "kube-system")),
    leftBehind: find("DaemonSet", "default") !== undefined,
  };
}

/** Before there is a cluster. */
const NOTHING = '{"items":[]}';

const named = z.looseObject({ kind: z.string(), metadata: z.object({ namespace: z.string().optional() }) });
const namedList = z.object({ items: z.array(named) });

function whyDue({ changed }: WorkloadArgs, record: VerifyRecord | string): string | undefined {
  if (typeof record === "string") return `not known: ${record}`;
  if (record.result === "failed") return `failed: ${record.why ?? "without a reason"}`;
  return changed || record.result === "due" ? "not tried since the last change" : undefined;
}

function reasonOf(error: unknown): string {
  return (
    (error instanceof TripodError && error.details.why) || (error instanceof Error ? error.message : String(error))
  );
}

function takeAway(leader: Host): Promise<unknown> {
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
          // On masters too, and on nodes that are cordoned: whoever is in the cluster has to be reached.
          tolerations: [{ operator: "Exists" }],
          containers: [{ name: "pause", image, imagePullPolicy: "IfNotPresent" }],
        },
      },
    },
  };
}

/** @param found told where the pod of each machine is to be reached */
function podsRunning(
  { leader, hosts }: WorkloadArgs,
  found: (addresses: ReadonlyMap<string, string>) => void,
): Condition {
  return {
    title: "a pod on every node running",
    within: 120_000,
    async holds() {
      const get = kubectl(leader, `get daemonsets.apps,pods -l app=${VERIFY} -o json`);
      const { code, stdout, stderr } = await leader.read(get, { maxOutput: LIST_OUTPUT });
      if (code !== 0) return lastLine(stderr, "the API server does not answer");
      const list = understood(leader, "`kubectl get pods`", stdout, itemList);
      if ("why" in list) return list.why;
      const pods = podsOfOurs(list.value.items);
      const addresses = new Map(pods.flatMap(addressOf));
      found(addresses);
      const without = hosts.filter(({ name }) => !addresses.has(name)).map(({ name }) => name);
      if (without.length === 0) return true;
      const waiting = pods.filter((pod) => addressOf(pod).length === 0);
      return `${hosts.length - without.length} of ${hosts.length} run, none on ${listed(without)}${whyNot(waiting)}`;
    },
  };
}

const item = podForm.extend({
  kind: z.string(),
  metadata: podForm.shape.metadata.extend({ uid: z.string().optional() }),
});
const itemList = z.object({ items: z.array(item) });

/** Those of a DaemonSet that was taken away a moment ago may still run, and are about to go. */
function podsOfOurs(items: readonly z.output<typeof item>[]): Pod[] {
  const uid = items.find(({ kind }) => kind === "DaemonSet")?.metadata.uid;
  return items.filter(
    ({ kind, metadata: { deletionTimestamp, ownerReferences = [] } }) =>
      kind === "Pod" && !deletionTimestamp && ownerReferences.some((owner) => owner.uid === uid),
  );
}

/** On which machine it is to be reached where. Only an IPv4 address is taken from the API: hosts are to ping it, and `getaddrinfo` would look up a name. */
function addressOf({ spec, status }: Pod): [string, string][] {
  const { podIP = "" } = status;
  return status.phase === "Running" && spec?.nodeName && isIPv4(podIP) ? [[spec.nodeName, podIP]] : [];
}

function listed(names: readonly string[]): string {
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
