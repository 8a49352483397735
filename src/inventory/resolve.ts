import { dirname } from "node:path";
import { minor } from "semver";
import { DEFAULT_CNI } from "../cni/index.ts";
import type { Origin } from "../errors.ts";
import { formatSubnet, parseAddress } from "./addresses.ts";
import type { Cluster, Machine, NetworkSettings, Role } from "./cluster.ts";
import { absolute, type Operator } from "./operator.ts";
import type { Path } from "./problem.ts";
import { segmentAround } from "./rules/addressing.ts";
import type { Inventory, MachineSettings } from "./schema.ts";
import { API_SERVER_PORT } from "../layout.ts";
import { HAPROXY_PORT } from "./sections/load-balancer.ts";
import { sshTarget } from "./ssh.ts";
import { vagrantPower } from "./vagrant.ts";

export interface ResolveOptions {
  /** Absolute path of the inventory. */
  readonly file: string;
  readonly operator: Operator;
  readonly origin: (path: Path) => Origin;
}

/** Fills in the defaults that depend on other keys or on the operator, makes paths absolute, and freezes the result. */
export function resolve(inventory: Inventory, { file, operator, origin }: ResolveOptions): Cluster {
  const path = (text: string) => absolute(text, dirname(file), operator);
  const machines = (role: Role, list: readonly MachineSettings[]) =>
    list.map(({ name, address, labels, taints, ssh }, index): Machine => {
      const place = [`${role}s`, index];
      const bastion = (whose: "own" | "cluster") =>
        origin([...(whose === "own" ? place : []), "ssh", "bastion", "address"]);
      const target = sshTarget(address, inventory.ssh, ssh, { operator, absolute: path, origin: bastion });
      return { name, address, role, ssh: target, labels, taints, origin: origin([...place, "name"]) };
    });
  const masters = machines("master", inventory.masters);
  const workers = machines("worker", inventory.workers);
  const { software, loadBalancer, kubernetes } = inventory;
  const vagrant = inventory.ssh.vagrant === undefined ? undefined : path(inventory.ssh.vagrant);
  const power = inventory.power ?? (vagrant === undefined ? undefined : vagrantPower(vagrant, file));
  return freeze({
    name: inventory.name,
    file,
    masters,
    workers,
    machines: [...masters, ...workers],
    kubernetes: { ...kubernetes, minor: minor(kubernetes.version) },
    software: {
      ...software,
      ...(software.binaries !== undefined && { binaries: path(software.binaries) }),
      ...(software.images !== undefined && { images: path(software.images) }),
      ...(software.ca !== undefined && { ca: path(software.ca) }),
    },
    ...(inventory.proxy && { proxy: inventory.proxy }),
    preflight: inventory.preflight,
    etcd: inventory.etcd,
    loadBalancer: {
      ...loadBalancer,
      subnet: loadBalancer.subnet ?? formatSubnet(segmentAround(parseAddress(masters[0]?.address) ?? 0)),
      port: loadBalancer.port ?? (loadBalancer.haproxy ? HAPROXY_PORT : API_SERVER_PORT),
    },
    containerd: inventory.containerd,
    network: networkSettings(inventory.network, path),
    firewall: inventory.firewall,
    drill: inventory.drill,
    ...(vagrant !== undefined && { vagrant }),
    ...(power && { power }),
  });
}

function networkSettings(
  { cni, manifest, sha256 }: Inventory["network"],
  path: (text: string) => string,
): NetworkSettings {
  if (manifest === undefined) return { cni: cni ?? DEFAULT_CNI.name };
  return { manifest: isUrl(manifest) ? manifest : path(manifest), ...(sha256 !== undefined && { sha256 }) };
}

export function isUrl(manifest: string): boolean {
  return manifest.startsWith("https://");
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
