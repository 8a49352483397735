import { isDeepStrictEqual } from "node:util";
import { type Json, overlay } from "./component-configs.ts";
import { kubernetesYaml, readKubernetesYaml } from "./yaml.ts";

/**
 * A KubeletConfiguration as a node has it, with the inventory's `kubernetes.kubelet` laid over it; the text itself where that is so already,
 * or where there is none yet. Everything else in it is kubeadm's, and stays. A key that is taken out of the inventory stays too: what it
 * was before is not known.
 */
export function withKubeletSettings(text: string, settings: Json): string {
  const found = readKubernetesYaml(text) as Json | null;
  if (found === null) return text;
  const wanted = overlay(found, settings);
  return isDeepStrictEqual(found, wanted) ? text : kubernetesYaml(wanted);
}
