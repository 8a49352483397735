import { everyKey } from "./example.ts";
import type { Problem } from "./problem.ts";
import { shownBare } from "./shown.ts";

/** What a file is, by the group of its `apiVersion`. */
const TOOLS: readonly (readonly [group: RegExp, what: string])[] = [
  [/^k0sctl\.k0sproject\.io$/, "a configuration of k0sctl"],
  [/^kubeone\.(?:k8c\.)?io$/, "a configuration of KubeOne"],
  [/^kubeadm\.k8s\.io$/, "a configuration of kubeadm"],
  [/^kubelet\.config\.k8s\.io$/, "a configuration of the kubelet"],
  [/^kubeproxy\.config\.k8s\.io$/, "a configuration of kube-proxy"],
  [/^kops\.k8s\.io$/, "a configuration of kOps"],
  [/(?:^|\.)cluster\.x-k8s\.io$/, "a manifest of Cluster API"],
];

/**
 * A file of another program: none of its keys is an inventory's, so this is the only mistake that is reported. Undefined for anything that
 * could be an inventory.
 * @param cwd where the hint will be read
 */
export function foreign(value: unknown, cwd?: string): Problem | undefined {
  if (typeof value !== "object" || value === null || "masters" in value) return undefined;
  if ("all" in value && isAnsible(value.all)) return refused("all", "an inventory of Ansible", SAME_MACHINES, cwd);
  const { apiVersion, kind } = value as Readonly<Record<string, unknown>>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  if (kind === "Config" && apiVersion === "v1") return refused("apiVersion", "a kubeconfig", ANOTHER_FILE, cwd);
  const [group = ""] = apiVersion.split("/");
  const tool = TOOLS.find(([pattern]) => pattern.test(group))?.[1];
  const named = `${tool ?? "a manifest of Kubernetes"} (kind ${shownBare(kind)}, ${shownBare(apiVersion)})`;
  return refused("apiVersion", named, tool === undefined ? ANOTHER_FILE : SAME_MACHINES, cwd);
}

/** The beginning of a file that is not YAML, by its first line that is not a comment. */
const BEGINNINGS: readonly (readonly [line: RegExp, what: string, isOfMachines: boolean])[] = [
  [/^\S+(?:[ \t]+\w+=\S*)*[ \t]+ansible_\w+=/, "an inventory of Ansible (INI)", true],
  [
    /^(?:terraform|locals)[ \t]*\{|^(?:provider|module|variable|output)[ \t]+"[^"\n]*"[ \t]*\{|^(?:resource|data)[ \t]+"[^"\n]*"[ \t]+"[^"\n]*"[ \t]*\{/,
    "a configuration of Terraform",
    false,
  ],
];

/** A section of an INI file. A list on the first line cannot begin an inventory, which is a map. */
const SECTION = /^\[[\w.:-]+\]$/;

/** The same for a text that YAML does not parse, or parses as a list or one long word. Its place is its first line that is no comment. */
export function foreignText(text: string, cwd?: string): (Problem & { readonly line: number }) | undefined {
  const lines = text.split(/\r?\n/, MOST_LINES).map((line) => line.trim());
  const line = lines.findIndex((each) => each !== "" && !/^(?:[#;]|\/\/)/.test(each));
  const first = lines[line] ?? "";
  const [, what, isOfMachines = true] = BEGINNINGS.find(([pattern]) => pattern.test(first)) ?? [];
  const isIni = SECTION.test(first) && lines.slice(line + 1).every((each) => !/^[\w-]+:(?:\s|$)/.test(each));
  const named = what ?? (isIni ? "an INI file, as an inventory of Ansible is" : undefined);
  if (named === undefined) return undefined;
  return { ...refused("", named, isOfMachines ? SAME_MACHINES : ANOTHER_FILE, cwd), path: [], line: line + 1 };
}

/** The first line that is not a comment is among these. */
const MOST_LINES = 1000;

const SAME_MACHINES = "write an inventory that lists its machines under `masters` and `workers`";
const ANOTHER_FILE = "check the path after -i";

function refused(key: string, what: string, step: string, cwd?: string): Problem {
  return {
    path: [key],
    at: "key",
    message: `this is ${what}, not an inventory of Tripod`,
    hint: `${step}; ${everyKey(cwd)}`,
  };
}

function isAnsible(all: unknown): boolean {
  return typeof all === "object" && all !== null && ("hosts" in all || "children" in all);
}
