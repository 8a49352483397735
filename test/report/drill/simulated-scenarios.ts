import type { ProbeName } from "../../../src/drills/events.ts";
import type { Script, Skipped } from "./simulated.ts";

const ALL: readonly ProbeName[] = ["vip", "apiLive", "apiRead", "apiWrite", "watch"];
const API: readonly ProbeName[] = ["apiLive", "apiRead", "apiWrite", "watch"];
const ASKS_ETCD: readonly ProbeName[] = ["apiRead", "apiWrite", "watch"];
const WORKLOAD: readonly ProbeName[] = ["service", "nodePort"];

/** A total outage of `dark` ms, and no partial one. */
export function powerHolder(dark: number): Script {
  return {
    name: "power-holder",
    title: "power cut of the VIP holder",
    what: "power of m1 cut",
    victims: ["m1"],
    restore: 10_000,
    whole: 31_000,
    troubles: [{ probes: ALL, from: 20, to: dark, error: "timeout", after: 1000 }],
    vip: [
      [60, "m1", false],
      [dark - 60, "m2", true],
      [25_200, "m1", true],
      [25_230, "m2", false],
    ],
    etcd: [
      [60, "m1", undefined, 0],
      [480, "m2", "m3", 8],
      [500, "m3", "m3", 8],
      [21_000, "m1", "m3", 8],
    ],
    waits: [
      [10_200, "m1 answers, and no disruption is active there", "no route to host"],
      [18_000, "etcd is healthy", "m1 does not answer"],
      [21_400, "the API server on m1 is ready", "connection refused"],
    ],
  };
}

export const apiServerHolder: Script = {
  name: "api-server-holder",
  title: "API server killed on the VIP holder",
  what: "API server of m1 killed",
  victims: ["m1"],
  restore: 6000,
  whole: 12_000,
  troubles: [
    { probes: API, from: 10, to: 330, error: "refused", after: 1 },
    { probes: ["vip"], from: 10, to: 330, error: "refused", after: 1 },
  ],
  vip: [
    [280, "m1", false],
    [300, "m2", true],
    [7200, "m1", true],
    [7230, "m2", false],
  ],
  waits: [[6200, "the API server on m1 is ready", "connection refused"]],
};

/** With default settings: the VIP moves late, and one API server in three uses an etcd member that is down. */
export const textbook: Script = {
  name: "power-master",
  title: "power cut of a master without the VIP",
  what: "power of m3 cut",
  victims: ["m3"],
  restore: 24_000,
  whole: 46_000,
  troubles: [
    { probes: ASKS_ETCD, from: 20, to: 1750, error: "timeout", after: 1000 },
    { probes: ASKS_ETCD, from: 1750, to: 19_800, error: "503", after: 12, share: 0.34 },
    { probes: WORKLOAD, from: 20, to: 420, error: "timeout", after: 1000, share: 0.5 },
  ],
  etcd: [
    [200, "m3", undefined, 0],
    [1200, "m1", "m1", 9],
    [1300, "m2", "m1", 9],
    [38_000, "m3", "m1", 9],
  ],
  waits: [
    [24_200, "m3 answers, and no disruption is active there", "no route to host"],
    [40_000, "the workload has two ready replicas", "1 of 2 replicas are ready: ContainerCreating"],
  ],
};

export const twoHolders: Script = {
  name: "cut-vrrp",
  title: "only the VRRP adverts of the VIP holder dropped",
  what: "VRRP of m1 cut off",
  victims: ["m1"],
  divides: true,
  restore: 6000,
  whole: 11_000,
  troubles: [{ probes: ALL, from: 900, to: 1000, error: "reset", after: 2, share: 0.6 }],
  vip: [
    [920, "m2", true],
    [7040, "m2", false],
  ],
};

export const powerWorker: Script = {
  name: "power-worker",
  title: "power cut of a worker: its pods move",
  what: "power of w1 cut",
  victims: ["w1"],
  limits: { service: 60_000, nodePort: 60_000 },
  restore: 52_000,
  whole: 78_000,
  troubles: [{ probes: WORKLOAD, from: 30, to: 41_300, error: "timeout", after: 1000, share: 0.5 }],
  waits: [[5000, "the workload has moved off w1", "1 of 2 replicas are ready"]],
};

export const quorum: Script = {
  name: "quorum",
  title: "power cut of a majority of the masters: etcd loses its quorum",
  what: "power of m1 and m2 cut",
  victims: ["m1", "m2"],
  stops: true,
  restore: 12_000,
  whole: 48_000,
  troubles: [
    { probes: ["vip", "apiLive"], from: 20, to: 1100, error: "timeout", after: 1000 },
    { probes: ["apiLive"], from: 3000, to: 26_000, error: "500", after: 40 },
    { probes: ASKS_ETCD, from: 20, to: 28_500, error: "timeout", after: 1000 },
  ],
  vip: [
    [60, "m1", false],
    [900, "m3", true],
    [40_000, "m1", true],
    [40_030, "m3", false],
  ],
  etcd: [
    [60, "m1", undefined, 0],
    [70, "m2", undefined, 0],
    [1100, "m3", undefined, 0],
    [27_900, "m3", "m3", 12],
    [27_950, "m1", "m3", 12],
    [31_000, "m2", "m3", 12],
  ],
  waits: [
    [12_200, "m1 answers, and no disruption is active there", "no route to host"],
    [24_000, "etcd is healthy", "m2 does not answer"],
  ],
};

const etcdLeader: Script = {
  name: "etcd-leader",
  title: "etcd leader stopped",
  what: "etcd of m3 stopped",
  victims: ["m3"],
  restore: 8000,
  whole: 14_000,
  troubles: [
    { probes: ["apiWrite", "watch"], from: 15, to: 3400, error: "timeout", after: 1000 },
    { probes: ["apiRead"], from: 15, to: 1250, error: "timeout", after: 1000 },
  ],
  etcd: [
    [100, "m3", undefined, 0],
    [1250, "m1", "m2", 13],
    [1260, "m2", "m2", 13],
    [9000, "m3", "m2", 13],
  ],
  ledger: { lost: [1612], unseen: [1612, 1613] },
};

const failed: Script = {
  name: "kubelet",
  title: "kubelet and containerd stopped on the VIP holder",
  what: "containerd and kubelet of m2 stopped",
  victims: ["m2"],
  restore: 10_000,
  whole: 40_000,
  troubles: [],
  waits: [
    [10_200, "every node is Ready", "m2: Kubelet stopped posting node status."],
    [30_200, "every node is Ready", "m2: container runtime is down"],
  ],
  errors: [
    {
      code: "E_DEADLINE",
      message: "every node is Ready: not within 30 s",
      host: "m1",
      why: "m2: container runtime is down",
      hint: "look at `journalctl -u containerd` on m2",
    },
  ],
};

export const latency: Skipped = {
  name: "latency",
  title: "every packet of the VIP holder delayed by 50ms",
  skipped: "m1 has no netem: Error: Specified qdisc kind is unknown.",
};

export const clock: Skipped = {
  name: "clock",
  title: "clock of a master set one minute ahead",
  skipped: "m2 is a container: it shares the clock of its machine, which is never set",
};

/** One of each kind, the last of which fails, so that another never begins. */
export const EVERYTHING: readonly (Script | Skipped)[] = [
  apiServerHolder,
  powerHolder(880),
  powerHolder(760),
  powerHolder(1240),
  textbook,
  powerWorker,
  twoHolders,
  latency,
  clock,
  quorum,
  etcdLeader,
  failed,
  { ...apiServerHolder, name: "haproxy-holder", title: "haproxy stopped on the VIP holder" },
];
