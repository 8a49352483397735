import type { SecureContext } from "node:tls";
import type { Cluster } from "../inventory/cluster.ts";
import { sendRequest, type Dial, type Destination, checkConnection, NoAnswer } from "./client.ts";
import { every, now } from "./clock.ts";
import type { ProbeInfo } from "./events.ts";
import type { Ledger } from "./ledger.ts";
import type { Service } from "./workload.ts";

/** What probes send their requests to, and from where. */
export interface ProbeContext {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly tls: SecureContext;
  readonly ledger: Ledger;
  readonly service: Service;
  /** The operator, or the probe host where the operator has no route to the VIP. */
  readonly client: Client;
  /** A machine of the cluster, from which requests are sent too. */
  readonly probeHost: (Client & { readonly address: string }) | undefined;
}

interface Client {
  readonly name: string;
  readonly dial: Dial;
}

/** A request that a client repeats. The watch is not one of them: it is a single long request. */
export interface Probe extends ProbeInfo {
  /** One request over a fresh connection. @throws NoAnswer */
  readonly attempt: (signal: AbortSignal) => Promise<void>;
}

export function probesFor(context: ProbeContext): Probe[] {
  const { client, probeHost, service } = context;
  return [
    vip(context, client),
    apiLive(context, client),
    apiRead(context, client),
    ...(probeHost && probeHost.name !== client.name ? [apiRead(context, probeHost)] : []),
    apiWrite(context, client),
    ...(probeHost ? [serviceProbe(service, probeHost), nodePort(service, client, probeHost.address)] : []),
  ];
}

function vip({ cluster }: ProbeContext, { name, dial }: Client): Probe {
  const { vip: host, port } = cluster.loadBalancer;
  const attempt = (signal: AbortSignal) => checkConnection({ dial, host, port }, signal);
  return { id: `vip@${name}`, name: "vip", title: "TCP connection to the VIP", from: name, attempt };
}

function apiLive(context: ProbeContext, { name, dial }: Client): Probe {
  const attempt = expectOk(apiEndpoint(context, dial), "/livez");
  return { id: `apiLive@${name}`, name: "apiLive", title: "/livez through the VIP", from: name, attempt };
}

/** Without a resource version the API server reads from etcd, by quorum. */
function apiRead(context: ProbeContext, { name, dial }: Client): Probe {
  const attempt = expectOk(apiEndpoint(context, dial), `/api/v1/namespaces/${context.namespace}`);
  return { id: `apiRead@${name}`, name: "apiRead", title: "read through the VIP", from: name, attempt };
}

function apiWrite({ ledger }: ProbeContext, { name: from }: Client): Probe {
  const attempt = (signal: AbortSignal) => ledger.write(signal);
  return { id: `apiWrite@${from}`, name: "apiWrite", title: "write through the VIP", from, attempt };
}

function serviceProbe({ address, port }: Service, { name, dial }: Client): Probe {
  const attempt = expectOk({ dial, host: address, port }, "/");
  return { id: `service@${name}`, name: "service", title: "HTTP through the Service", from: name, attempt };
}

function nodePort(service: Service, { name, dial }: Client, host: string): Probe {
  const attempt = expectOk({ dial, host, port: service.nodePort }, "/");
  return { id: `nodePort@${name}`, name: "nodePort", title: "HTTP through a NodePort", from: name, attempt };
}

export function apiEndpoint({ cluster, tls }: Pick<ProbeContext, "cluster" | "tls">, dial: Dial): Destination {
  return { dial, host: cluster.loadBalancer.vip, port: cluster.loadBalancer.port, tls };
}

function expectOk(endpoint: Destination, path: string): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const { status } = await sendRequest(endpoint, { path }, signal);
    if (status !== 200) throw new NoAnswer(String(status));
  };
}

export interface Pace {
  /** ms */
  readonly interval: number;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Repeats a probe at its pace; an attempt that still waits for its answer does not delay the next one. */
export function runProbe(
  { attempt }: Probe,
  { interval, timeout, signal }: Pace,
  report: (from: number, ms: number, error: string | null) => void,
): Promise<void> {
  return every(interval, signal, () => {
    const from = now();
    attempt(AbortSignal.timeout(timeout)).then(
      () => report(from, now() - from, null),
      (error: unknown) => {
        if (error instanceof NoAnswer) report(from, now() - from, error.message);
        else throw error;
      },
    );
  });
}
