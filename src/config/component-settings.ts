import { isDeepStrictEqual } from "node:util";
import { type Json, merge } from "./component-configs.ts";
import { kubernetesYaml, readKubernetesMap } from "./yaml.ts";

/**
 * The configuration of a kubelet or of kube-proxy, as it is on a node or in the cluster, with the inventory's settings merged into it; the
 * text itself where nothing differs, or where it is empty. Everything else in it is kubeadm's, and is kept. A key that is removed from the
 * inventory is kept too: its former value is not known.
 * @throws Error where the text is not a map in YAML
 */
export function withComponentSettings(text: string, settings: Json): string {
  const found = readKubernetesMap(text);
  if (!found) return text;
  const wanted = merge(found, settings);
  return isDeepStrictEqual(found, wanted) ? text : kubernetesYaml(wanted);
}
