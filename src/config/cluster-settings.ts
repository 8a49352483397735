import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "../inventory/cluster.ts";
import { type Json, overlay } from "./component-configs.ts";
import { apiServerSans } from "./kubeadm.ts";
import { kubernetesYaml, readKubernetesYaml } from "./yaml.ts";

/** kubeadm's ClusterConfiguration as the cluster keeps it, with the names the API server's certificate is to carry; all else stays. */
export function withCertSans(text: string, cluster: Cluster): string {
  const found = readKubernetesYaml(text) as Json | null;
  if (found === null) return text;
  const { certSANs: sans } = (found.apiServer ?? {}) as { certSANs?: readonly string[] };
  const wanted = apiServerSans(cluster);
  if (isDeepStrictEqual([...(sans ?? [])].toSorted(), wanted.toSorted())) return text;
  return kubernetesYaml(overlay(found, { apiServer: { certSANs: wanted } }));
}

/** kube-proxy's document as the cluster keeps it, with the inventory's `kubeProxy` laid over it; all else is kubeadm's, and stays. */
export function withKubeProxySettings(text: string, settings: Json): string {
  const found = readKubernetesYaml(text) as Json | null;
  if (found === null) return text;
  const wanted = overlay(found, settings);
  return isDeepStrictEqual(found, wanted) ? text : kubernetesYaml(wanted);
}
