import type { SecureContext } from "node:tls";
import type { Cluster } from "../../inventory/cluster.ts";
import { ask, type Dial, type Door, knock, NoAnswer } from "../client.ts";
import { beat, now } from "../clock.ts";
import type { ProbeInfo } from "../events.ts";
import type { Ledger } from "../ledger.ts";
import type { Service } from "../workload.ts";

/** What probes ask, and as whom. */
export interface Surroundings {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly tls: SecureContext;
  readonly ledger: Ledger;
  readonly service: Service;
  /** Who asks: the operator, or the bystander where the operator has no way to the VIP of his own. */
  readonly client: From;
  /** A machine of the cluster, from which a client asks too. */
  readonly bystander: (From & { readonly address: string }) | undefined;
}

interface From {
  readonly name: string;
  readonly dial: Dial;
}

/** Something that a client does again and again. The watch is none: it is asked for once. */
export interface Probe extends ProbeInfo {
  /** Once, over a fresh connection. @throws NoAnswer */
  readonly attempt: (signal: AbortSignal) => Promise<void>;
}

export function probesFor(around: Surroundings): Probe[] {
  const { client, bystander, service } = around;
  return [
    vip(around, client),
    apiLive(around, client),
    apiRead(around, client),
    ...(bystander && bystander.name !== client.name ? [apiRead(around, bystander)] : []),
    apiWrite(around, client),
    ...(bystander ? [serviceProbe(service, bystander), nodePort(service, client, bystander.address)] : []),
  ];
}

function vip({ cluster }: Surroundings, { name, dial }: From): Probe {
  const { vip: host, port } = cluster.loadBalancer;
  const attempt = (signal: AbortSignal) => knock({ dial, host, port }, signal);
  return { id: `vip@${name}`, name: "vip", title: "TCP connection to the VIP", from: name, attempt };
}

function apiLive(around: Surroundings, { name, dial }: From): Probe {
  const attempt = good(apiDoor(around, dial), "/livez");
  return { id: `apiLive@${name}`, name: "apiLive", title: "/livez through the VIP", from: name, attempt };
}

/** Without a resource version the API server asks etcd, and a majority of it. */
function apiRead(around: Surroundings, { name, dial }: From): Probe {
  const attempt = good(apiDoor(around, dial), `/api/v1/namespaces/${around.namespace}`);
  return { id: `apiRead@${name}`, name: "apiRead", title: "read through the VIP", from: name, attempt };
}

function apiWrite({ ledger }: Surroundings, { name: from }: From): Probe {
  const attempt = (signal: AbortSignal) => ledger.write(signal);
  return { id: `apiWrite@${from}`, name: "apiWrite", title: "write through the VIP", from, attempt };
}

function serviceProbe({ address, port }: Service, { name, dial }: From): Probe {
  const attempt = good({ dial, host: address, port }, "/");
  return { id: `service@${name}`, name: "service", title: "HTTP through the Service", from: name, attempt };
}

function nodePort(service: Service, { name, dial }: From, host: string): Probe {
  const attempt = good({ dial, host, port: service.nodePort }, "/");
  return { id: `nodePort@${name}`, name: "nodePort", title: "HTTP through a NodePort", from: name, attempt };
}

export function apiDoor({ cluster, tls }: Pick<Surroundings, "cluster" | "tls">, dial: Dial): Door {
  return { dial, host: cluster.loadBalancer.vip, port: cluster.loadBalancer.port, tls };
}

function good(door: Door, path: string): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const { status } = await ask(door, { path }, signal);
    if (status !== 200) throw new NoAnswer(String(status));
  };
}

export interface Pace {
  /** ms */
  readonly interval: number;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Repeats a probe at its pace: who is still waiting for an answer does not hold up the next one. */
export function repeat(
  { attempt }: Probe,
  { interval, timeout, signal }: Pace,
  tell: (from: number, ms: number, error: string | null) => void,
): Promise<void> {
  return beat(interval, signal, () => {
    const from = now();
    attempt(AbortSignal.timeout(timeout)).then(
      () => tell(from, now() - from, null),
      (error: unknown) => {
        if (error instanceof NoAnswer) tell(from, now() - from, error.message);
        else throw error;
      },
    );
  });
}
