import type { Host } from "../host.ts";
import type { Condition } from "./condition.ts";
import { lastLine } from "./command.ts";
import { ADMIN_CONF, kubectl, runKubectl } from "./kubectl.ts";
import { type Pod, whyNot } from "./pods.ts";
import type { Resource, Working } from "./resource.ts";

export interface WorkloadArgs {
  /** Whether something has been changed in this run, so that it must be tried. */
  readonly due: boolean;
  readonly leader: Host;
  /** Every host of these must reach every pod. */
  readonly hosts: readonly Host[];
  readonly replicas: number;
  /** An image every host has already: pause, whose network namespace answers pings. */
  readonly image: string;
  /** The address of the Service `kubernetes`: reached from a host, it proves that services work there. */
  readonly serviceAddress: string;
}

const NAME = "tripod-verify";

/**
 * A small deployment is scheduled, gets its addresses, is reached from every host, and is taken away again. A success leaves nothing
 * that could be read later, so it is tried only by runs that changed something; what a run that broke off has left is always taken away.
 */
export function workload(args: WorkloadArgs): Resource {
  const { leader, due } = args;
  let proven = !due;
  return {
    kind: "workload",
    name: NAME,
    async inspect(_, working) {
      const { stdout } = await leader.read(
        `[ ! -f ${ADMIN_CONF} ] || ${kubectl(leader, `get deployment ${NAME} --ignore-not-found -o name`)}`,
      );
      return {
        changes: () => [
          ...(stdout.trim()
            ? [{ field: "deployment", from: "left behind by a run that broke off", to: "absent" }]
            : []),
          ...(proven ? [] : [{ field: "workload", from: "not tried since the change", to: aim(args) }]),
        ],
        async apply() {
          try {
            if (!proven) await prove(args, working);
          } finally {
            await runKubectl(leader, `delete deployment ${NAME} --ignore-not-found --wait=false >/dev/null`);
          }
          proven = true;
        },
      };
    },
  };
}

function aim({ replicas }: WorkloadArgs): string {
  return `${podCount(replicas)} scheduled and reached from every host`;
}

function podCount(count: number): string {
  return count === 1 ? "1 pod" : `${count} pods`;
}

async function prove(args: WorkloadArgs, working: Working): Promise<void> {
  await runKubectl(args.leader, "apply -f - >/dev/null", { input: JSON.stringify(deployment(args)) });
  let addresses: readonly string[] = [];
  await working.wait(podsRunning(args, (found) => (addresses = found)));
  await Promise.all(args.hosts.map((host) => working.wait(reaches(host, addresses, args.serviceAddress))));
}

function deployment({ replicas, image }: WorkloadArgs): object {
  const labels = { app: NAME };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
              ],
            },
          },
          containers: [{ name: "pause", image, imagePullPolicy: "IfNotPresent" }],
        },
      },
    },
  };
}

function podsRunning({ leader, replicas }: WorkloadArgs, found: (addresses: string[]) => void): Condition {
  return {
    title: `${podCount(replicas)} running`,
    within: 120_000,
    async holds() {
      const { code, stdout, stderr } = await leader.read(kubectl(leader, `get pods -l app=${NAME} -o json`));
      if (code !== 0) return lastLine(stderr, "the API server does not answer");
      const pods = (JSON.parse(stdout) as { items: Pod[] }).items.filter(({ metadata }) => !metadata.deletionTimestamp);
      const running = pods.filter(({ status }) => status.phase === "Running" && status.podIP);
      found(running.flatMap(({ status }) => status.podIP ?? []));
      return running.length >= replicas || `${running.length} of ${replicas} run${whyNot(pods)}`;
    },
  };
}

function reaches(host: Host, addresses: readonly string[], service: string): Condition {
  return {
    title: `${host.name} reaches every pod and the Service`,
    within: 60_000,
    async holds() {
      const pings = addresses.map(
        (address) => `ping -c1 -W2 ${address} >/dev/null || { echo "no answer from pod ${address}"; exit 1; }`,
      );
      const api = `curl -sSk --max-time 3 -o /dev/null https://${service}/livez 2>&1 || { echo "no answer from Service ${service}"; exit 1; }`;
      const { code, stdout } = await host.read([...pings, api].join("\n"));
      return code === 0 || stdout.trim().replaceAll("\n", "; ");
    },
  };
}
