import type { Host } from "../host.ts";
import { sh } from "../remote/shell.ts";
import type { Condition } from "../condition.ts";

export interface ReachingArgs {
  /** In the inventory's order. Every one of them has to get an answer. */
  readonly hosts: readonly Host[];
  /** The address of the pod on each machine, by the machine's name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The address of the Service `kubernetes`: if a host reaches it, Services work on that host. */
  readonly serviceAddress: string;
}

/** How many other machines' pods each host has to reach. With this limit the cost grows with the machines, not with their square. */
const OTHERS = 16;

/** No machine has this name: machine names are lower case. */
const SERVICE = "Service";

/** How many lines and names a message shows. */
const SHOWN = 6;

/** A host that gets no answer, and the machine of the pod; from the Service where that is undefined. */
interface Silence {
  readonly from: string;
  readonly pod?: string;
}

/** Every host gets an answer from its own pod, from those of the next machines in the inventory (a ring), and from the API's Service. */
export function podsReached(args: ReachingArgs): Condition {
  const { hosts, addresses, serviceAddress } = args;
  let left = hosts;
  let silences: readonly Silence[] = [];
  return {
    title: "every host reaches the pods on the others, and the Service",
    within: 60_000,
    async holds() {
      silences = (await Promise.all(left.map((host) => silencesOf(host, args)))).flat();
      left = left.filter(({ name }) => silences.some(({ from }) => from === name));
      return silences.length === 0 || describe(silences, addresses, serviceAddress);
    },
    hint: () => advice(silences),
  };
}

async function silencesOf(host: Host, { hosts, addresses, serviceAddress }: ReachingArgs): Promise<Silence[]> {
  const at = hosts.indexOf(host);
  const pods = [...hosts.slice(at), ...hosts.slice(0, at)].slice(0, 1 + OTHERS).map(({ name }) => name);
  // All in parallel: a lost ping takes two seconds. Only a printed name counts as an answer.
  const { stdout } = await host.read(
    [
      ...pods.map((pod) => sh`ping -c1 -W2 ${addresses.get(pod) ?? ""} >/dev/null 2>&1 && echo ${pod} &`),
      sh`curl -sk --max-time 3 ${`https://${serviceAddress}/livez`} >/dev/null 2>&1 && echo ${SERVICE} &`,
      "wait",
    ].join("\n"),
  );
  const answered = new Set(stdout.split("\n"));
  const unanswered = pods.filter((pod) => !answered.has(pod)).map((pod) => ({ from: host.name, pod }));
  return answered.has(SERVICE) ? unanswered : [...unanswered, { from: host.name }];
}

/** One line for each pod that does not answer, because the fault is mostly on its host. */
function describe(silences: readonly Silence[], addresses: ReadonlyMap<string, string>, service: string): string {
  const lines = [...new Set(silences.map(({ pod }) => pod))].map((pod) => {
    const without = silences.filter((silence) => silence.pod === pod).map(({ from }) => from);
    const whom =
      pod === undefined ? `the Service kubernetes (${service})` : `the pod on ${pod} (${addresses.get(pod) ?? ""})`;
    return `${listed(without, "and")} ${without.length === 1 ? "gets" : "get"} no answer from ${whom}`;
  });
  const more = lines.length - SHOWN;
  return (more > 0 ? [...lines.slice(0, SHOWN), `and ${more} more pods do not answer`] : lines).join("\n");
}

/** The host that is involved most often is named first. */
function advice(silences: readonly Silence[]): string {
  const pods = silences.filter(({ pod }) => pod !== undefined);
  const names = (of: readonly Silence[]) => {
    const all = of.flatMap(({ from, pod }) => (pod === undefined ? [from] : [from, pod]));
    const often = (name: string) => all.filter((other) => other === name).length;
    const ranked = [...new Set(all)].toSorted((one, other) => often(other) - often(one));
    return ranked.length > SHOWN ? "one of the hosts above" : listed(ranked, "or");
  };
  const look =
    pods.length > 0
      ? `check whether a packet filter on ${names(pods)} drops forwarded packets (\`iptables -S FORWARD\`, nft, firewalld, ufw)`
      : `check whether kube-proxy runs on ${names(silences)} (\`kubectl -n kube-system get pods -o wide\`, and its log)`;
  return `${look}; then run the same command again`;
}

function listed(names: readonly string[], last: "and" | "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}
