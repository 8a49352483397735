import { z } from "zod";
import type { Cluster } from "../inventory/cluster.ts";
import type { Condition } from "../condition.ts";
import { podForm, whyNot } from "../resources/pods.ts";
import type { Api } from "./api.ts";
import { deploymentObject, MARK_SELECTOR, namespaceObject, serviceObject, WORKLOAD } from "./objects.ts";

/** Where the drill's own workload is reached. */
export interface Service {
  readonly address: string;
  readonly port: number;
  readonly nodePort: number;
}

const names = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
const service = z.object({
  spec: z.object({
    clusterIP: z.string(),
    ports: z.tuple([z.object({ port: z.number(), nodePort: z.number() })]),
  }),
});
const endpoints = z.object({
  subsets: z.array(z.object({ addresses: z.array(z.unknown()).optional() })).optional(),
});
const pods = z.object({ items: z.array(podForm) });

/** Makes the drill's namespace, and lets go of those that killed drills left behind. */
export async function makeNamespace(api: Api, name: string): Promise<void> {
  const path = "/api/v1/namespaces";
  const { items } = await api.get({ path: `${path}?labelSelector=${MARK_SELECTOR}` }, names);
  await Promise.all(items.map(({ metadata }) => dropNamespace(api, metadata.name)));
  await api.send({ method: "POST", path, body: namespaceObject(name) });
}

/** Everything in it goes with it, in the background. */
export async function dropNamespace(api: Api, name: string): Promise<void> {
  await api.send({ method: "DELETE", path: `/api/v1/namespaces/${name}` }, [404, 409]);
}

/** An HTTP server with two replicas behind a Service and a NodePort. */
export async function makeWorkload(api: Api, namespace: string, cluster: Cluster): Promise<Service> {
  const body = deploymentObject(namespace, cluster);
  await api.send({ method: "POST", path: `/apis/apps/v1/namespaces/${namespace}/deployments`, body });
  const path = `/api/v1/namespaces/${namespace}/services`;
  const { spec } = await api.get({ method: "POST", path, body: serviceObject(namespace) }, service);
  const [{ port, nodePort }] = spec.ports;
  return { address: spec.clusterIP, port, nodePort };
}

/**
 * The controllers have noticed the Service and its pods. Those of Kubernetes 1.20 can be blind for up to ten minutes after an etcd member
 * was stopped in good order: a watch that began then stays silent until it times out.
 */
export function serviceNoticed(api: Api, namespace: string, within: number): Condition {
  return {
    title: "the controller manager has noticed a new Service",
    within,
    async holds() {
      const path = `/api/v1/namespaces/${namespace}/endpoints/${WORKLOAD}`;
      const { subsets = [] } = await api.get({ path }, endpoints, [404]);
      const noticed = subsets.flatMap(({ addresses = [] }) => addresses).length;
      return noticed >= 2 || `${noticed} of 2 endpoints are made, though both pods are ready`;
    },
  };
}

/** Both replicas are ready, on machines that live. @param without machines that do not */
export function workloadReady(api: Api, namespace: string, without: readonly string[] = []): Condition {
  return {
    title: without.length > 0 ? `the workload has left ${without.join(" and ")}` : "the workload has two replicas",
    within: 180_000,
    async holds() {
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${WORKLOAD}`;
      const { items } = await api.get({ path }, pods);
      const living = items.filter(
        ({ metadata, spec }) => !metadata.deletionTimestamp && !without.includes(spec?.nodeName ?? ""),
      );
      const ready = living.filter(({ status }) =>
        status.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True"),
      );
      return ready.length >= 2 || `${ready.length} of 2 replicas are ready${whyNot(living)}`;
    },
  };
}
