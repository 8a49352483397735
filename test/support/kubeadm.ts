import { initConfig, joinConfig } from "../../src/config/kubeadm.ts";
import { Secret } from "../../src/secret.ts";
import { type ClusterOverrides, machineNamed, testCluster, testMachine } from "./cluster.ts";

/** One version for each stretch of kubeadm's configuration: where the API, a default or a field changed. All have golden files. */
export const KUBEADM_VERSIONS = ["1.20.2", "1.22.17", "1.24.17", "1.30.14", "1.31.14", "1.36.3"] as const;

/** A token and a hash of the right form, and of nobody. */
export const testCredentials = {
  token: new Secret("abcdef.0123456789abcdef"),
  caCertHash: `sha256:${"0123456789abcdef".repeat(4)}`,
};

/** What kubeadm of this version is given on the first master, another master and a worker: an ordinary inventory, and one that says all it can. */
export function kubeadmFiles(version: string): ReadonlyMap<string, string> {
  const plain = testCluster({ kubernetes: { version } });
  const full = testCluster(everything(version));
  const init = (cluster: typeof plain) => initConfig(cluster, machineNamed(cluster, "m1"), testCredentials).reveal();
  const join = (cluster: typeof plain, name: string) =>
    joinConfig(cluster, machineNamed(cluster, name), testCredentials).reveal();
  return new Map([
    ["init-m1.yaml", init(plain)],
    ["join-m2.yaml", join(plain, "m2")],
    ["join-w1.yaml", join(plain, "w1")],
    ["everything-init-m1.yaml", init(full)],
    ["everything-join-w1.yaml", join(full, "w1")],
  ]);
}

/** Every field that reaches a kubeadm document, with something in it. */
function everything(version: string): ClusterOverrides {
  const taints = [{ key: "gpu", value: "true", effect: "NoSchedule" }] as const;
  return {
    kubernetes: {
      version,
      imageRepository: "images.example.org/k8s",
      certSans: ["k8s.example.org"],
      skipPhases: ["addon/coredns"],
      tolerate: ["NumCPU", "Mem"],
      mastersSchedulable: true,
      kubelet: { maxPods: 100, evictionHard: { "memory.available": "200Mi" } },
      kubeProxy: { conntrack: { maxPerCore: 0, min: 0 } },
    },
    workers: [testMachine("w1", "10.0.0.21", "worker", { taints })],
    loadBalancer: { haproxy: false },
    network: { cni: "none" },
  };
}
