import { isDeepStrictEqual } from "node:util";
import { type Json, merge } from "./component-configs.ts";
import { kubernetesYaml, readKubernetesYaml } from "./yaml.ts";

/**
 * A node's KubeletConfiguration, with the inventory's `kubernetes.kubelet` merged into it; the text itself where nothing differs, or where
 * it is empty. Everything else in it is kubeadm's, and is kept. A key that is removed from the inventory is kept too: its former value
 * is not known.
 */
export function withKubeletSettings(text: string, settings: Json): string {
  const found = readKubernetesYaml(text);
  if (found === null) return text;
  if (!isMap(found)) throw new TypeError("a KubeletConfiguration is a map");
  const wanted = merge(found, settings);
  return isDeepStrictEqual(found, wanted) ? text : kubernetesYaml(wanted);
}

function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
