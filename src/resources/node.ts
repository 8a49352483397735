import type { Host } from "../host.ts";
import type { Taint } from "../inventory/cluster.ts";
import { sh } from "../remote/shell.ts";
import { readNodes, runKubectl } from "./kubectl.ts";
import { type Change, defineResource, KNOWN_AFTER_APPLY } from "./resource.ts";

export interface NodeArgs {
  readonly leader: Host;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Taints to remove, `key:effect`: kubeadm's own on masters that are to run ordinary pods. */
  readonly unwantedTaints: readonly string[];
}

interface NodeState {
  readonly known: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
}

/** A node's labels and taints from the inventory. Others that the node has are left alone. */
export const node = defineResource<NodeArgs, NodeState>({
  kind: "node",
  name: ({ name }) => name,
  async read(_, { leader, name }) {
    const nodes = await readNodes(leader);
    const found = typeof nodes === "string" ? undefined : nodes.find(({ metadata }) => metadata.name === name);
    return {
      known: found !== undefined,
      labels: found?.metadata.labels ?? {},
      taints: (found?.spec.taints ?? []).map((taint) => text({ ...taint, effect: taint.effect as Taint["effect"] })),
    };
  },
  diff({ labels, taints, unwantedTaints }, state) {
    const changes: Change[] = [];
    for (const [name, value] of Object.entries(labels)) {
      if (state.labels[name] === value) continue;
      changes.push({
        field: `label ${name}`,
        from: state.known ? (state.labels[name] ?? "absent") : KNOWN_AFTER_APPLY,
        to: value,
      });
    }
    for (const taint of taints) {
      if (!state.taints.includes(text(taint)))
        changes.push({ field: "taint", from: state.known ? "absent" : KNOWN_AFTER_APPLY, to: text(taint) });
    }
    for (const taint of unwantedTaints)
      if (state.taints.includes(taint)) changes.push({ field: "taint", from: taint, to: "absent" });
    return changes;
  },
  async apply(_, { leader, name, labels, taints, unwantedTaints }, state) {
    const present = unwantedTaints.filter((taint) => state.taints.includes(taint)).map((taint) => `${taint}-`);
    const wantedTaints = [...taints.map(text), ...present];
    const wantedLabels = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    if (wantedLabels.length > 0) await runKubectl(leader, sh`label --overwrite node ${name} ${wantedLabels}`);
    if (wantedTaints.length > 0) await runKubectl(leader, sh`taint --overwrite node ${name} ${wantedTaints}`);
  },
});

function text({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ""}:${effect}`;
}
