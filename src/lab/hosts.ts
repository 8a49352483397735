import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { render } from "../render/render.ts";
import { type Base, type Root, rootOf } from "./base.ts";
import { copyDisk, etcdDisk } from "./etcd-disk.ts";
import { labFolders } from "./folders.ts";
import { hostKey, mirrorFolder, writeHostFiles } from "./host-files.ts";
import { hostKernelFiles, modulesFolder } from "./kernel.ts";
import { keyPair, knownHosts } from "./keys.ts";
import { cableName, containerName, macAddress } from "./names.ts";
import { PACKAGE_SOURCES, PACKAGES_ON_HOST } from "./packages.ts";
import { segmentOf } from "./segments.ts";
import type { Station, Topology } from "./topology.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Folders on this machine's file system, because an overlay cannot be stacked on an overlay. */
const DISKS = ["containerd", "kubelet", "etcd"];

/**
 * Everything that hosts need before their first boot: folders, keys, names, configurations. A host's configuration is written last: a
 * host that has one is complete, and is not changed again.
 */
export async function prepareHosts(lab: string, base: Base, network: Topology): Promise<void> {
  const folders = labFolders(lab);
  if (!/^[\w./@+-]+$/.test(folders.root))
    throw new TripodError("E_LAB", `LXC does not support the path ${folders.root}`, {
      hint: "set another XDG_STATE_HOME",
    });
  await mkdir(folders.hosts, { recursive: true });
  const authorized = await keyPair(folders.clientKey, `tripod-lab-${lab}`);
  const modules = await modulesFolder(join(folders.root, "kernel"), Object.values(base.roots)[0]?.rootfs ?? "/");
  const known = await Promise.all(
    network.stations.map(async (station) => {
      const folder = join(folders.hosts, containerName(lab, station.name));
      const root = rootOf(base, station.name);
      const wires = wiring(station, network);
      await recordInventory(folder, station, wires);
      if (!existsSync(join(folder, "config"))) await prepareHost(folder, { station, wires, root, modules, authorized });
      return knownHosts(station, await hostKey(join(folder, "changes"), station.name));
    }),
  );
  await writeAtomically(folders.knownHosts, known.join(""));
}

interface HostPlan {
  readonly station: Station;
  readonly wires: Wiring;
  readonly root: Root;
  readonly modules: string;
  readonly authorized: string;
}

async function prepareHost(folder: string, { station, wires, root, modules, authorized }: HostPlan): Promise<void> {
  const { rootfs, packages } = root;
  const changes = join(folder, "changes");
  const aptSources = packages === undefined ? "" : PACKAGE_SOURCES;
  await writeHostFiles({ station, nameserver: wires.gateway, authorized, rootfs, aptSources, changes });
  await hostKey(changes, station.name);
  const disks = station.role === "bastion" ? [] : DISKS;
  const mounts = disks.map((name) => ({ source: join(folder, "disks", name), target: `var/lib/${name}` }));
  for (const { source, target } of mounts) await mirrorFolder(source, join(rootfs, target));
  if (disks.includes("etcd")) await copyDisk(root.etcdDisk, etcdDisk(folder).image);
  const shared = [
    { source: modules, target: "usr/lib/modules" },
    ...(packages === undefined ? [] : [{ source: packages, target: PACKAGES_ON_HOST }]),
  ];
  const kernelFiles = await hostKernelFiles(join(folder, "kernel"));
  const view = { rootfs, folder, shared, disks: mounts, kernelFiles };
  await writeAtomically(join(folder, "config"), hostConfig(station.name, wires, view));
}

/** The network interfaces of a host. */
interface Wiring {
  readonly interfaces: readonly {
    readonly index: number;
    readonly name: string;
    readonly bridge: string;
    readonly cable: string;
    readonly mac: string;
    /** With their prefix. */
    readonly addresses: readonly string[];
  }[];
  readonly gateway: string;
}

/** One interface for every segment of a host; the first has the host's first address. @internal exported for its test */
export function wiring(station: Station, { segments }: Topology): Wiring {
  const places = station.addresses.map((address) => ({ address, segment: segmentOf(segments, address) }));
  const inside = [...new Set(places.map(({ segment }) => segment))];
  const others = ["eth0", "eth1"].filter((name) => name !== station.interface);
  return {
    interfaces: inside.map(({ bridge, subnet }, index) => {
      const addresses = places.filter(({ segment }) => segment.bridge === bridge).map(({ address }) => address);
      return {
        index,
        name: (index === 0 ? station.interface : others.at(-1)) ?? "",
        bridge,
        cable: cableName(station.name, index),
        mac: macAddress(addresses[0] ?? ""),
        addresses: addresses.map((address) => `${address}/${subnet.prefix}`),
      };
    }),
    gateway: inside[0]?.operator ?? "",
  };
}

/**
 * Records the inventory's settings in a host's files.
 * @throws TripodError E_LAB if the host was created with other settings
 */
async function recordInventory(
  folder: string,
  { name, users, ports, origin }: Station,
  { interfaces, gateway }: Wiring,
): Promise<void> {
  const file = join(folder, "made-for.json");
  const networks = interfaces.map(({ name, addresses }) => `${name} ${addresses.join(" ")}`);
  const wanted = `${JSON.stringify({ networks, gateway, users, ports })}\n`;
  if (!existsSync(join(folder, "config"))) {
    await mkdir(folder, { recursive: true });
    return writeAtomically(file, wanted);
  }
  const found = await readFile(file, "utf8");
  if (found === wanted) return;
  throw new TripodError("E_LAB", "the inventory has changed since the lab's host was created", {
    host: name,
    ...(origin && { origin }),
    why: `then: ${found}now:  ${wanted}`,
    hint: "remove the lab first: tripod lab down -i FILE",
  });
}

/** A file or folder of this machine, and its path on a host. */
interface Mount {
  readonly source: string;
  readonly target: string;
}

interface HostView {
  readonly rootfs: string;
  readonly folder: string;
  /** Read-only folders. */
  readonly shared: readonly Mount[];
  readonly disks: readonly Mount[];
  /** Files that replace this machine's own in /proc. */
  readonly kernelFiles: readonly Mount[];
}

/** The text of a host's LXC configuration. @internal exported for its test */
export function hostConfig(hostname: string, { interfaces, gateway }: Wiring, view: HostView): string {
  const mounts = (list: readonly Mount[]) => list.map(({ source, target }) => ({ source, target }));
  return render("lab/lxc.conf", {
    hostname,
    rootfs: view.rootfs,
    folder: view.folder,
    shared: mounts(view.shared),
    disks: mounts(view.disks),
    kernelFiles: mounts(view.kernelFiles),
    interfaces: interfaces.map((one) => ({
      ...one,
      addresses: one.addresses.map((address) => ({ index: one.index, address })),
    })),
    gateway,
  });
}
