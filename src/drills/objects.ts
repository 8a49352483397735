import { imageRepository } from "../config/images.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** Label of everything that a drill creates, so that the next drill can remove what a killed one left. */
const MARK = { "app.kubernetes.io/managed-by": "tripod-drill" };
export const MARK_SELECTOR = encodeURIComponent("app.kubernetes.io/managed-by=tripod-drill");

export const WORKLOAD = "workload";

/** Asks for the names and versions of objects only. */
export const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** The drill's default workload: an HTTP server that Kubernetes' own tests use. */
const AGNHOST = "e2e-test-images/agnhost:2.53";

/** The image of the drill's workload: the inventory's, or the default. */
export function workloadImage({ drill, kubernetes }: Pick<Cluster, "drill" | "kubernetes">): string {
  return drill.image ?? `${imageRepository(kubernetes)}/${AGNHOST}`;
}

export function namespaceObject(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: MARK } };
}

/** Two replicas, on two workers where there are two; they are moved off a dead node 2 s after Kubernetes has noticed. */
export function deploymentObject(namespace: string, { drill, kubernetes }: Cluster): object {
  const labels = { app: WORKLOAD };
  const image = workloadImage({ drill, kubernetes });
  const tolerations = ["not-ready", "unreachable"].map((state) => ({
    key: `node.kubernetes.io/${state}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 2,
  }));
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: WORKLOAD, namespace, labels: MARK },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          tolerations,
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
                },
              ],
            },
          },
          containers: [
            {
              name: "http",
              image,
              imagePullPolicy: "IfNotPresent",
              ...(drill.image === undefined && { args: ["netexec", "--http-port=8080"] }),
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

export function serviceObject(namespace: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: WORKLOAD, namespace, labels: MARK },
    spec: { type: "NodePort", selector: { app: WORKLOAD }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

/** One entry of the ledger: a ConfigMap with its running number. */
export function entryObject(namespace: string, number: number, scenario: number): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `n-${number}`, namespace, labels: { scenario: String(scenario) } },
    data: { number: String(number) },
  };
}
