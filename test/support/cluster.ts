import type { z } from "zod";
import type { Cluster, Machine, Role } from "../../src/inventory/cluster.ts";
import { parseInventory } from "../../src/inventory/load.ts";
import type { inventory } from "../../src/inventory/schema.ts";

type Keys = z.input<typeof inventory>;
type Section =
  "kubernetes" | "software" | "proxy" | "etcd" | "loadBalancer" | "containerd" | "network" | "drill" | "power";

/** What a test wants to be different from the ordinary cluster of three masters and two workers: keys as an inventory has them, and machines. */
export interface ClusterOverrides extends Readonly<{ [Each in Section]?: Partial<Keys[Each]> }> {
  readonly name?: string;
  readonly firewall?: Keys["firewall"];
  readonly masters?: readonly Machine[];
  readonly workers?: readonly Machine[];
}

const FILE = "/home/operator/cluster.yaml";
const OPERATOR = { home: "/home/operator", agent: false, keys: ["/home/operator/.ssh/id_ed25519"] };

/** What an inventory must set. */
const KUBERNETES = { version: "1.36.3" };
const LOAD_BALANCER = { vip: "10.0.0.10" };
const MASTERS = [1, 2, 3].map((n) => ({ name: `m${n}`, address: `10.0.0.1${n}` }));
const WORKERS = [1, 2].map((n) => ({ name: `w${n}`, address: `10.0.0.2${n}` }));

/**
 * A cluster as the loader makes it of an inventory, defaults and all: m1–m3 at 10.0.0.11–13 on lines 11–13, w1 and w2 at 10.0.0.21–22 on
 * lines 21 and 22, VIP 10.0.0.10, Kubernetes 1.36.3, from packages, because tests have no network. Machines that are given stay as they are,
 * whatever no inventory could say of them.
 * @throws InventoryErrors where the loader refuses these keys
 */
export function testCluster(overrides: ClusterOverrides = {}): Cluster {
  const cluster = parseInventory(inventoryText(overrides), FILE, OPERATOR);
  if (!overrides.masters && !overrides.workers) return cluster;
  const { masters = cluster.masters, workers = cluster.workers } = overrides;
  return Object.freeze({ ...cluster, masters, workers, machines: [...masters, ...workers] });
}

/** A machine as the loader makes it; m1 is 10.0.0.11 on line 11. */
export function testMachine(name: string, address: string, role: Role, overrides: Partial<Machine> = {}): Machine {
  const { ssh, origin, ...rest } = ORDINARY;
  const line = Number(address.split(".").at(-1));
  return { ...rest, name, address, role, ssh: { ...ssh, address }, origin: { ...origin, line }, ...overrides };
}

/** The machine of that name. */
export function machineNamed(cluster: Cluster, name: string): Machine {
  const machine = cluster.machines.find((candidate) => candidate.name === name);
  if (!machine) throw new Error(`this cluster has no ${name}`);
  return machine;
}

/** One section a line, so that masters begin on line 11 and workers on line 21. */
function inventoryText({ name = "prod", firewall, masters, workers, ...sections }: ClusterOverrides): string {
  const { kubernetes, software, proxy, etcd, loadBalancer, containerd, network, drill, power } = sections;
  const settings = {
    name,
    kubernetes: { ...KUBERNETES, ...kubernetes },
    loadBalancer: { ...LOAD_BALANCER, ...loadBalancer },
    software: { from: "packages" as const, ...software },
    ...{ etcd, containerd, network, firewall, drill, power },
  };
  const lines = Object.entries(settings).flatMap(([key, value]) => (value ? [`${key}: ${JSON.stringify(value)}`] : []));
  while (lines.length < 9) lines.push("");
  lines.push(...machineLines("masters", masters ?? MASTERS));
  while (lines.length < 19) lines.push("");
  lines.push(...machineLines("workers", workers ?? WORKERS));
  if (proxy) lines.push(`proxy: ${JSON.stringify(proxy)}`);
  return lines.join("\n");
}

function machineLines(key: string, machines: readonly Pick<Machine, "name" | "address">[]): string[] {
  if (machines.length === 0) return [`${key}: []`];
  return [`${key}:`, ...machines.map(({ name, address }) => `  - { name: ${name}, address: ${address} }`)];
}

const ORDINARY = machineNamed(testCluster(), "m1");
