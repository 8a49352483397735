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
