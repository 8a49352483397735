import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "../inventory/cluster.ts";
import { type Json, merge } from "./component-configs.ts";
import { apiServerSans } from "./kubeadm.ts";
import { kubernetesYaml, readKubernetesYaml } from "./yaml.ts";

/** kubeadm's ClusterConfiguration from the cluster, with the names for the API server's certificate; everything else is kept. */
export function withCertSans(text: string, cluster: Cluster): string {
  const found = readKubernetesYaml(text) as Json | null;
  if (found === null) return text;
  const { certSANs: sans } = (found.apiServer ?? {}) as { certSANs?: readonly string[] };
  const wanted = apiServerSans(cluster);
  if (isDeepStrictEqual([...(sans ?? [])].toSorted(), wanted.toSorted())) return text;
  return kubernetesYaml(merge(found, { apiServer: { certSANs: wanted } }));
}

/** kube-proxy's document from the cluster, with the inventory's `kubeProxy` merged into it; everything else is kubeadm's, and is kept. */
export function withKubeProxySettings(text: string, settings: Json): string {
  const found = readKubernetesYaml(text) as Json | null;
  if (found === null) return text;
  const wanted = merge(found, settings);
  return isDeepStrictEqual(found, wanted) ? text : kubernetesYaml(wanted);
}
