import { etcdEnvironment } from "../../../src/config/etcd.ts";
import { initConfig, joinConfig } from "../../../src/config/kubeadm.ts";
import { TOKEN_DESCRIPTION } from "../../../src/layout.ts";
import { noBootstrapTokens } from "../../../src/resources/bootstrap-token.ts";
import { etcdMember } from "../../../src/resources/etcd-member.ts";
import { kubeadmInit, kubeadmJoin } from "../../../src/resources/kubeadm.ts";
import { configMap } from "../../../src/resources/config-map.ts";
import { kubeProxyPods } from "../../../src/resources/kube-proxy-pods.ts";
import { manifest } from "../../../src/resources/manifest.ts";
import { node } from "../../../src/resources/node.ts";
import { workload } from "../../../src/resources/workload.ts";
import { Secret } from "../../../src/secret.ts";
import { machineNamed, testCluster, testMachine } from "../../support/cluster.ts";
import { layToken, standing, unit } from "../../support/standing.ts";
import type { ResourceCase } from "./resource-case.ts";

const cluster = testCluster({ masters: [testMachine("m1", "10.0.0.11", "master")], workers: [] });
const m1 = machineNamed(cluster, "m1");
const token = new Secret("abcdef.0123456789abcdef");
const [, half = ""] = token.reveal().split(".");

export const CLUSTER: readonly ResourceCase[] = [
  {
    of: "etcdMember",
    title: "a member that starts for the first time",
    prepare(machine) {
      unit(machine, "etcd.service");
      machine.write("/etc/etcd/etcd.env", etcdEnvironment(cluster, m1));
    },
    make: ({ host }) => [
      etcdMember({
        masters: [host],
        members: [],
        clusterExists: false,
        reads: ["/etc/etcd/etcd.env"],
        alone: (work) => work(),
      }),
    ],
  },
  {
    of: "etcdMember",
    title: "a member that is older than what it reads",
    prepare(machine) {
      unit(machine, "etcd.service");
      machine.write("/etc/etcd/etcd.env", etcdEnvironment(cluster, m1));
      machine.write("/var/lib/etcd/member/wal", "");
      for (const path of ["cluster/etcd/m1", "cluster/etcd/m1.runs", "units/etcd.service.active"])
        machine.write(`/fakes/${path}`, "");
      machine.age("/fakes/units/etcd.service.active", 60);
    },
    make: ({ host }) => [
      etcdMember({
        masters: [host],
        members: [],
        clusterExists: false,
        reads: ["/etc/etcd/etcd.env"],
        alone: (work) => work(),
      }),
    ],
  },
  {
    of: "kubeadmInit",
    title: "the founding of a cluster",
    prepare: (machine) => unit(machine, "kubelet.service"),
    make: ({ host }) => [
      kubeadmInit({
        leader: host,
        controlPlane: true,
        config: () => Promise.resolve(initConfig(cluster, m1, { token })),
        flags: [],
        lastObject: "-n kube-system daemonset/kube-proxy",
      }),
    ],
    secrets: () => [token.reveal(), half],
    everNew: /^\/run\/tripod\//,
  },
  {
    of: "kubeadmJoin",
    title: "a worker that joins",
    prepare(machine) {
      standing(machine, []);
      layToken(machine, token, TOKEN_DESCRIPTION);
    },
    make: ({ host }) => [
      kubeadmJoin({
        leader: host,
        controlPlane: false,
        config: () => {
          const worker = testMachine("m1", "10.0.0.11", "worker");
          return Promise.resolve(joinConfig(cluster, worker, { token, caCertHash: "sha256:00" }));
        },
        flags: [],
      }),
    ],
    secrets: () => [token.reveal(), half],
    everNew: /^\/run\/tripod\//,
  },
  {
    of: "node",
    title: "labels and taints",
    prepare: (machine) => standing(machine),
    make: ({ host }) => [
      node({
        leader: host,
        name: "m1",
        labels: { zone: "b", "example.com/disk": "ssd" },
        taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }],
        unwantedTaints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
      }),
    ],
  },
  {
    of: "manifest",
    title: "objects in another state than the manifest's",
    prepare(machine) {
      standing(machine);
      machine.write("/fakes/cluster/objects/DaemonSet.flannel", "kind: DaemonSet\nmetadata: {name: flannel}\nold\n");
    },
    make: ({ host }) => [
      manifest({
        leader: host,
        name: "flannel.yaml",
        text: "kind: DaemonSet\nmetadata: {name: flannel}\n# it's $new\n",
      }),
    ],
  },
  {
    of: "configMap",
    title: "settings that kubeadm was given before",
    prepare(machine) {
      standing(machine);
      machine.write("/fakes/cluster/objects/ConfigMap.kubelet-config", "kind: KubeletConfiguration\nmaxPods: 110\n");
    },
    make: ({ host }) => [
      configMap({ leader: host, name: "kubelet-config", key: "kubelet", edit: (text) => text.replace("110", "200") }),
    ],
  },
  {
    of: "kubeProxyPods",
    title: "pods that are older than what they read",
    prepare(machine) {
      standing(machine);
      machine.write("/fakes/cluster/objects/ConfigMap.kube-proxy", "mode: iptables\n");
      machine.write("/fakes/cluster/kube-proxy.started", "");
      machine.age("/fakes/cluster/kube-proxy.started", 60);
    },
    make: ({ host }) => [kubeProxyPods({ leader: host })],
  },
  {
    of: "noBootstrapTokens",
    title: "a token of ours beside one of somebody else",
    prepare(machine) {
      standing(machine);
      layToken(machine, token, TOKEN_DESCRIPTION);
      layToken(machine, new Secret(`fedcba.${half}`), "somebody else's");
    },
    make: ({ host }) => [noBootstrapTokens({ leader: host })],
    secrets: () => [half],
  },
  {
    of: "workload",
    title: "a pod on every node that is tried",
    prepare: (machine) => standing(machine),
    make: ({ host }) => [
      workload({
        changed: true,
        leader: host,
        hosts: [host],
        image: "registry.example/pause:3.2",
        serviceAddress: "10.96.0.1",
      }),
    ],
    everNew: /ConfigMap\.tripod-verify$/,
  },
];
