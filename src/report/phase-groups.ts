/** Related phases, which share a colour. A phase that is not listed belongs to the last group. */
export const PHASE_GROUPS = [
  { name: "checks", title: "Checks", phases: ["preflight", "health", "verify"] },
  { name: "hosts", title: "Hosts", phases: ["packages", "prepare", "container-runtime", "certificates"] },
  { name: "etcd", title: "etcd", phases: ["etcd"] },
  { name: "network", title: "Networks", phases: ["load-balancer", "pod-network", "network-manifest"] },
  { name: "programs", title: "Kubernetes programs", phases: ["first-kubernetes", "kubernetes"] },
  { name: "masters", title: "Control plane", phases: ["first-master", "other-masters"] },
  { name: "nodes", title: "Nodes", phases: ["workers", "nodes"] },
  { name: "other", title: "Other", phases: [] },
] as const satisfies readonly { name: string; title: string; phases: readonly string[] }[];

export type PhaseGroup = (typeof PHASE_GROUPS)[number]["name"];

export function groupOf(phase: string): PhaseGroup {
  return PHASE_GROUPS.find(({ phases }) => (phases as readonly string[]).includes(phase))?.name ?? "other";
}
