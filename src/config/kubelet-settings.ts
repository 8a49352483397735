import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { type Json, overlay } from "./component-configs.ts";

/**
 * A KubeletConfiguration as a node has it, with the inventory's `kubernetes.kubelet` laid over it; the text itself where that is so already,
 * or where there is none yet. Everything else in it is kubeadm's, and stays. A key that is taken out of the inventory stays too: what it
 * was before is not known.
 */
export function withKubeletSettings(text: string, settings: Json): string {
  const found = parse(text) as Json | null;
  if (found === null) return text;
  const wanted = overlay(found, settings);
  return isDeepStrictEqual(found, wanted) ? text : stringify(wanted, { indentSeq: false });
}
