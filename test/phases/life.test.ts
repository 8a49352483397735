import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { RunEvent } from "../../src/engine/events.ts";
import { TripodError, TripodErrors } from "../../src/errors.ts";
import type { Cluster } from "../../src/inventory/cluster.ts";
import { parseInventory } from "../../src/inventory/load.ts";
import { inventoryJsonSchema, type JsonSchema } from "../../src/inventory/schema.ts";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import type { Host } from "../../src/host.ts";
import { toHost } from "../../src/session.ts";
import { bootstrap } from "../support/bootstrap.ts";
import { noMachine } from "../support/machine.ts";
import { because } from "../support/programs.ts";
import { throwAwayCluster, type ThrowAwayCluster } from "../support/throw-away-cluster.ts";

type Life = JsonSchema["x-life"];
type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

const INVENTORY = {
  name: "prod",
  software: { from: "packages" },
  kubernetes: { version: "1.36.3", tolerate: ["NumCPU", "Mem"], skipPhases: ["addon/coredns"] },
  loadBalancer: { vip: "10.0.0.10" },
  masters: [1, 2, 3].map((n) => ({ name: `m${n}`, address: `10.0.0.1${n}` })),
  workers: [1, 2].map((n) => ({ name: `w${n}`, address: `10.0.0.2${n}` })),
};

/** Every key that is not a map of keys, as `kubernetes.version` or `masters[].name`, with its life: its own, or that of what it is in. */
function leaves(schema: JsonSchema, at = "", life: Life = schema["x-life"]): [string, Life][] {
  const { properties } = schema.items?.properties ? schema.items : schema;
  if (!properties) return [[at, life]];
  const inner = schema.items?.properties ? `${at}[]` : at;
  return Object.entries(properties).flatMap(([name, each]) =>
    leaves(each, inner ? `${inner}.${name}` : name, each["x-life"] ?? life),
  );
}

const folder = mkdtempSync(join(tmpdir(), "tripod-life-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** For each key that is not the operator's side alone: another value than the one the cluster was created with. */
const CHANGES: Readonly<Record<string, Value>> = {
  name: "other",
  "kubernetes.version": "1.36.4",
  "kubernetes.imageRepository": "registry.example",
  "kubernetes.podSubnet": "10.245.0.0/16",
  "kubernetes.serviceSubnet": "10.112.0.0/12",
  "kubernetes.dnsDomain": "example.org",
  "kubernetes.certSans": ["api.example.org"],
  "kubernetes.skipPhases": [],
  "kubernetes.kubelet": { maxPods: 200 },
  "kubernetes.kubeProxy": { mode: "nftables" },
  "kubernetes.mastersSchedulable": true,
  "software.from": "folder",
  "software.binaries": programs(),
  "software.images": images(),
  "proxy.http": "http://10.0.0.9:3128",
  "proxy.https": "http://10.0.0.9:3128",
  "proxy.no": ["registry.example"],
  "etcd.keys": "rsa-2048",
  "etcd.heartbeat": "90ms",
  "etcd.election": "2s",
  "etcd.validity": "90d",
  "loadBalancer.vip": "10.0.0.99",
  "loadBalancer.interface": "cable",
  "loadBalancer.routerId": 52,
  "loadBalancer.advertInterval": "500ms",
  "loadBalancer.haproxy": false,
  "loadBalancer.port": 9443,
  "containerd.restrictOomScoreAdj": true,
  "containerd.sandboxImage": "registry.example/pause:3.10",
  "containerd.mirrors": { "docker.io": ["https://mirror.example"] },
  "network.cni": "none",
  "network.manifest": "./flannel.yaml",
  firewall: "manage",
  "masters[].name": "m9",
  "masters[].address": "10.0.0.93",
  "masters[].labels": { tier: "control" },
  "masters[].taints": ["dedicated=db:NoSchedule"],
  "workers[].name": "w9",
  "workers[].address": "10.0.0.92",
  "workers[].labels": { disk: "ssd" },
  "workers[].taints": ["dedicated=gpu:NoSchedule"],
};

/** They concern what comes from releases, which this cluster does not use: test/phases/software.test.ts changes them. */
const OF_RELEASES = ["etcd", "containerd", "runc", "cniPlugins", "crictl"].map((name) => `software.versions.${name}`);

/** They concern hosts whose repositories do not have Kubernetes: test/phases/package-repository.test.ts changes them. */
const OF_REPOSITORY = ["url", "fingerprint"].map((name) => `software.packageRepository.${name}`);

/** A pod network is chosen by one of two keys: that of the other one is refused on a cluster that has `bridge`. */
const FIXED_HERE = ["network.manifest"];

function programs(): string {
  const binaries = join(folder, "bin");
  mkdirSync(binaries);
  for (const name of ["kubeadm", "kubelet", "kubectl"])
    writeFileSync(join(binaries, name), "#!/bin/sh\n", { mode: 0o755 });
  return binaries;
}

/** A folder of every component. */
const everything = join(folder, "everything");
for (const name of [
  ...["kubeadm", "kubelet", "kubectl", "etcd", "etcdctl", "containerd", "containerd-shim-runc-v2", "ctr", "runc"],
  ...["bridge", "host-local", "loopback", "portmap"].map((plugin) => `cni/${plugin}`),
]) {
  mkdirSync(join(everything, "cni"), { recursive: true });
  writeFileSync(join(everything, name), "#!/bin/sh\n", { mode: 0o755 });
}

function images(): string {
  const archives = join(folder, "images");
  mkdirSync(archives);
  writeFileSync(join(folder, "manifest.json"), '[{"RepoTags":["registry.example/extra:1"]}]');
  spawnSync("tar", ["-cf", join(archives, "extra.tar"), "-C", folder, "manifest.json"]);
  return archives;
}

/** The inventory with another value for a key; of a list, in its last machine. */
function changed(key: string, value: Value): Cluster {
  const inventory = structuredClone(INVENTORY) as unknown as Record<string, unknown>;
  const steps = key.split(".");
  const last = steps.pop() ?? "";
  let at = inventory;
  for (const step of steps) {
    const name = step.replace("[]", "");
    const inner = (at[name] ??= {}) as Record<string, unknown> | Record<string, unknown>[];
    at = Array.isArray(inner) ? (inner.at(-1) ?? {}) : inner;
  }
  at[last] = value;
  if (key === "software.from") Object.assign(at, { binaries: everything });
  return parsed(inventory);
}

function parsed(inventory: object): Cluster {
  return parseInventory(stringify(inventory), join(folder, "prod.yaml"), { home: folder, agent: false, keys: [] });
}

describe("every key of the inventory", () => {
  const all = leaves(inventoryJsonSchema());

  it("declares when it may be changed", () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter(([, life]) => life === undefined)).toEqual([]);
  });

  it("is changed on an existing cluster, unless it is the operator's side only", () => {
    const tried = all.filter(([, life]) => life !== "operator's side").map(([key]) => key);
    expect([...Object.keys(CHANGES), ...OF_RELEASES, ...OF_REPOSITORY].toSorted()).toEqual(tried.toSorted());
  });
});

describe.skipIf(noMachine)(`on an existing cluster${because(noMachine)}`, () => {
  const lives = new Map(leaves(inventoryJsonSchema()));
  let machines: ThrowAwayCluster;
  let hosts: readonly Host[];

  /** The result of a plan of that inventory: changes and notices, or its errors. */
  async function plan(cluster: Cluster): Promise<{ events: readonly RunEvent[]; errors: readonly TripodError[] }> {
    const named = cluster.machines.map((machine, index) => {
      return { ...(hosts[index] ?? expect.unreachable()), name: machine.name, machine };
    });
    try {
      return { events: await bootstrap(cluster, named, "plan"), errors: [] };
    } catch (error) {
      if (error instanceof TripodErrors) return { events: [], errors: error.errors };
      if (error instanceof TripodError) return { events: [], errors: [error] };
      throw error;
    }
  }
  const changes = (events: readonly RunEvent[]) =>
    events.flatMap((event) => (event.type === "resource.change" ? [`${event.host} ${event.resource}`] : []));

  beforeAll(async () => {
    const cluster = parsed(INVENTORY);
    machines = await throwAwayCluster(cluster);
    writeFileSync(join(folder, "flannel.yaml"), "kind: DaemonSet\nmetadata: {name: flannel}\n");
    await bootstrap(cluster, machines.hosts);
    const authority = await createAuthority(
      { commonName: "kubernetes", keys: "ecdsa-p256", validityDays: 9 },
      new Date(),
    );
    for (const { name } of cluster.machines) {
      const request = { commonName: `system:node:${name}`, organization: "system:nodes", sans: [] };
      const more = { usages: ["clientAuth"], keys: "ecdsa-p256", validityDays: 9 } as const;
      const { certificate, key } = await issue(authority, { ...request, ...more }, new Date());
      const path = "/var/lib/kubelet/pki/kubelet-client-current.pem";
      machines.machine(name).write(path, `${certificate}${key.reveal()}`);
    }
    for (const { name, address } of cluster.masters)
      await machines.machine(name).connection.run(`ip addr add ${address.replace(/\.1(\d)$/, ".11$1")}/24 dev cable`);
    // Their facts, as the next command reads them.
    hosts = await Promise.all(machines.hosts.map(({ machine, connection }) => toHost(machine, connection)));
  }, 240_000);
  afterAll(() => machines[Symbol.asyncDispose]());

  it("a plan of the inventory it was created with is empty", async () => {
    const { events, errors } = await plan(parsed(INVENTORY));
    expect([changes(events), errors]).toEqual([[], []]);
  }, 120_000);

  it.each(Object.entries(CHANGES))(
    "a changed %s is carried out or refused, never passed over",
    async (key, value) => {
      const life = FIXED_HERE.includes(key) ? "at creation" : lives.get(key);
      const { events, errors } = await plan(changed(key, value));
      if (life === "at creation") {
        expect(errors.map(({ code }) => code)).toContain("E_REFUSED");
        const said = errors.map((error) => error.explain()).join("\n");
        expect(said).not.toMatch(/kubeadm reset|empty it/);
      } else {
        expect(errors).toEqual([]);
        expect(changes(events)).not.toEqual([]);
      }
    },
    120_000,
  );

  it("a worker that is removed from the inventory is left as it is, and reported", async () => {
    const { events, errors } = await plan(parsed({ ...INVENTORY, workers: INVENTORY.workers.slice(0, 1) }));
    expect([changes(events), errors]).toEqual([[], []]);
    const start = events.find((event) => event.type === "run.start");
    expect(start?.notices).toEqual([expect.stringContaining("w2 (10.0.0.22) is a node and not in the inventory")]);
  }, 120_000);

  it("a machine that is another node is not renamed, and a new worker joins", async () => {
    const renamed = await plan(changed("workers[].name", "w9"));
    expect(renamed.errors.map(({ message }) => message)).toContain("this machine is already the node w2");
  }, 120_000);
});
