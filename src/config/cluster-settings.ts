import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "../inventory/cluster.ts";
import { merge } from "./component-configs.ts";
import { apiServerSans } from "./kubeadm.ts";
import { kubernetesYaml, readKubernetesMap } from "./yaml.ts";

/** kubeadm's ClusterConfiguration from the cluster, with the names for the API server's certificate; everything else is kept. */
export function withCertSans(text: string, cluster: Cluster): string {
  const found = readKubernetesMap(text);
  if (!found) return text;
  const { certSANs: sans } = (found.apiServer ?? {}) as { certSANs?: readonly string[] };
  const wanted = apiServerSans(cluster);
  if (isDeepStrictEqual([...(sans ?? [])].toSorted(), wanted.toSorted())) return text;
  return kubernetesYaml(merge(found, { apiServer: { certSANs: wanted } }));
}
