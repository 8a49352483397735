import type { Secret } from "../../src/secret.ts";
import type { ThrowAwayMachine } from "./machine.ts";

export function unit(machine: ThrowAwayMachine, name: string): void {
  machine.write(`/etc/systemd/system/${name}`, "[Service]\n[Install]\n");
}

/** A control plane that answers on this very machine, and knows one node. */
export function standing(machine: ThrowAwayMachine, nodes: readonly string[] = ["m1"]): void {
  unit(machine, "kubelet.service");
  machine.write("/fakes/units/kubelet.service.active", "");
  machine.write("/etc/kubernetes/admin.conf", "kind: Config\n");
  machine.write("/etc/kubernetes/manifests/kube-apiserver.yaml", "kind: Pod\n");
  machine.write("/fakes/cluster/apiservers/m1", "");
  for (const name of nodes) {
    machine.write(`/fakes/cluster/nodes/${name}/labels`, "zone=a\nnode-role.kubernetes.io/control-plane=\n");
    machine.write(`/fakes/cluster/nodes/${name}/taints`, "node-role.kubernetes.io/control-plane:NoSchedule\n");
  }
}

/** A bootstrap token in the cluster of that machine. */
export function layToken(machine: ThrowAwayMachine, token: Secret, description: string): void {
  const [id = "", half = ""] = token.reveal().split(".");
  const text = JSON.stringify({ "token-id": id, "token-secret": half, description });
  machine.write(`/fakes/cluster/objects/Secret.bootstrap-token-${id}`, text);
}
