import type {
  Cluster,
  ContainerdSettings,
  DrillSettings,
  EtcdSettings,
  KubernetesSettings,
  LoadBalancerSettings,
  Machine,
  NetworkSettings,
  Role,
  SoftwareSettings,
} from "../../src/inventory/cluster.ts";

/** What a test wants to be different from the ordinary cluster of three masters and two workers. */
export interface ClusterOverrides {
  readonly name?: string;
  readonly masters?: readonly Machine[];
  readonly workers?: readonly Machine[];
  readonly kubernetes?: Partial<KubernetesSettings>;
  readonly software?: SoftwareSettings;
  readonly etcd?: Partial<EtcdSettings>;
  readonly loadBalancer?: Partial<LoadBalancerSettings>;
  readonly containerd?: Partial<ContainerdSettings>;
  readonly network?: NetworkSettings;
  readonly drill?: Partial<DrillSettings>;
  readonly power?: Cluster["power"];
}

/** A machine as an inventory would name it; m1 is 10.0.0.11 on line 11. */
export function testMachine(name: string, address: string, role: Role, overrides: Partial<Machine> = {}): Machine {
  return {
    name,
    address,
    role,
    ssh: {
      address,
      port: 22,
      user: "root",
      identityFiles: ["/home/operator/.ssh/id_ed25519"],
      agent: false,
      knownHostsFiles: ["/home/operator/.ssh/known_hosts"],
    },
    labels: {},
    taints: [],
    origin: { file: "/home/operator/cluster.yaml", line: Number(address.split(".").at(-1)), column: 5 },
    ...overrides,
  };
}

/** A complete, frozen cluster: m1–m3 at 10.0.0.11–13, w1 and w2 at 10.0.0.21–22, VIP 10.0.0.10, haproxy on 8443, Kubernetes 1.36.3. */
export function testCluster(overrides: ClusterOverrides = {}): Cluster {
  const masters = overrides.masters ?? [1, 2, 3].map((n) => testMachine(`m${n}`, `10.0.0.1${n}`, "master"));
  const workers = overrides.workers ?? [1, 2].map((n) => testMachine(`w${n}`, `10.0.0.2${n}`, "worker"));
  const version = overrides.kubernetes?.version ?? "1.36.3";
  return deepFreeze({
    name: overrides.name ?? "prod",
    file: "/home/operator/cluster.yaml",
    masters,
    workers,
    machines: [...masters, ...workers],
    kubernetes: {
      version,
      minor: Number(version.split(".")[1]),
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
      dnsDomain: "cluster.local",
      certSans: [],
      skipPhases: [],
      tolerate: [],
      kubelet: {},
      kubeProxy: {},
      mastersSchedulable: false,
      ...overrides.kubernetes,
    },
    software: overrides.software ?? {},
    etcd: {
      keys: "ecdsa-p256",
      heartbeat: 100,
      election: 1000,
      renewBefore: 30,
      validity: 365,
      ...overrides.etcd,
    },
    loadBalancer: {
      vip: "10.0.0.10",
      subnet: "10.0.0.0/24",
      routerId: 51,
      advertInterval: 300,
      haproxy: true,
      port: overrides.loadBalancer?.haproxy === false ? 6443 : 8443,
      ...overrides.loadBalancer,
    },
    containerd: { restrictOomScoreAdj: false, ...overrides.containerd },
    network: overrides.network ?? { cni: "bridge" },
    drill: {
      interval: 50,
      timeout: 1000,
      limits: {
        vip: 2000,
        apiLive: 2000,
        apiRead: 2000,
        apiWrite: 3000,
        watch: 3000,
        service: 3000,
        nodePort: 3000,
        twoHolders: 500,
      },
      scenarios: {},
      ...overrides.drill,
    },
    ...(overrides.power && { power: overrides.power }),
  });
}

/** The machine of that name. */
export function machineNamed(cluster: Cluster, name: string): Machine {
  const machine = cluster.machines.find((candidate) => candidate.name === name);
  if (!machine) throw new Error(`this cluster has no ${name}`);
  return machine;
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null && !Object.isFrozen(inner)) deepFreeze(inner);
  }
  return Object.freeze(value);
}
