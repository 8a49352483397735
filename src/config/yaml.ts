import { parse, stringify } from "yaml";
import { isMap, type Json } from "./component-configs.ts";

/** Kubernetes reads YAML 1.1, where `on` and `off` are true and false and `0644` is octal. */
const VERSION = "1.1";

/** One document for Kubernetes, as its own programs write it: text that YAML 1.1 would parse as another type is quoted. */
export function kubernetesYaml(document: unknown): string {
  return stringify(document, { version: VERSION, lineWidth: 0, indentSeq: false });
}

/** One document as Kubernetes itself would read it; undefined where the text is empty. @throws Error where it is not a map in YAML */
export function readKubernetesMap(text: string): Json | undefined {
  // To search for duplicate keys takes time that grows with the square of their number.
  const document: unknown = parse(text, { version: VERSION, logLevel: "error", uniqueKeys: false });
  if (document === null) return undefined;
  if (!isMap(document)) throw new Error("the document is not a map");
  return document;
}
