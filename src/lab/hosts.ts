import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";
import type { Addressing } from "./addressing.ts";
import type { Base } from "./base.ts";
import { labFolders } from "./folders.ts";
import { hostKey, mirrorFolder, writeHostFiles } from "./host-files.ts";
import { hostKernelFiles, modulesFolder } from "./kernel.ts";
import { keyPair, knownHost } from "./keys.ts";
import { BRIDGE, cableName, containerName, macAddress } from "./names.ts";
import { PACKAGE_SOURCES, PACKAGES_ON_HOST } from "./packages.ts";
import { writeWhole } from "./write-whole.ts";

/** What lies on the machine's own file system, because an overlay cannot lie on an overlay. */
const DISKS = ["containerd", "kubelet", "etcd"];

/**
 * Everything the hosts need before their first boot: folders, keys, names, configurations. A host's configuration is written last: one that
 * has it is ready, and is not touched again.
 */
export async function prepareHosts(
  cluster: Cluster,
  { rootfs, packages }: Base,
  addressing: Addressing,
): Promise<void> {
  const folders = labFolders(cluster.name);
  if (!/^[\w./@+-]+$/.test(folders.root))
    throw new TripodError("E_LAB", `LXC cannot work in ${folders.root}`, { hint: "choose another XDG_STATE_HOME" });
  await mkdir(folders.hosts, { recursive: true });
  const authorized = await keyPair(folders.clientKey, `tripod-lab-${cluster.name}`);
  const modules = await modulesFolder(join(folders.root, "kernel"), rootfs);
  const shared = [
    { source: modules, target: "usr/lib/modules" },
    ...(packages === undefined ? [] : [{ source: packages, target: PACKAGES_ON_HOST }]),
  ];
  const aptSources = packages === undefined ? "" : PACKAGE_SOURCES;
  const plan = { nameserver: addressing.operator, authorized, rootfs, aptSources };
  const known = await Promise.all(
    cluster.machines.map(async (machine) => {
      const folder = join(folders.hosts, containerName(cluster.name, machine.name));
      const changes = join(folder, "changes");
      const ready = existsSync(join(folder, "config"));
      await rememberWhatFor(folder, machine, addressing);
      if (ready) return knownHost(machine, await hostKey(changes, machine));
      await writeHostFiles({ ...plan, machine, changes });
      const disks = DISKS.map((name) => ({ source: join(folder, "disks", name), target: `var/lib/${name}` }));
      for (const { source, target } of disks) await mirrorFolder(source, join(rootfs, target));
      const kernelFiles = await hostKernelFiles(join(folder, "kernel"));
      const publicKey = await hostKey(changes, machine);
      await writeWhole(
        join(folder, "config"),
        hostConfig(machine, addressing, { rootfs, folder, shared, disks, kernelFiles }),
      );
      return knownHost(machine, publicKey);
    }),
  );
  await writeWhole(folders.knownHosts, known.join(""));
}

/**
 * What of the inventory is in a host's files.
 * @throws TripodError E_LAB when the host was made for something else
 */
async function rememberWhatFor(
  folder: string,
  { name, address, ssh, origin }: Machine,
  network: Addressing,
): Promise<void> {
  const file = join(folder, "made-for.json");
  const wanted = `${JSON.stringify({ address, port: ssh.port, user: ssh.user, ...network })}\n`;
  if (!existsSync(join(folder, "config"))) {
    await mkdir(folder, { recursive: true });
    return writeWhole(file, wanted);
  }
  const found = await readFile(file, "utf8");
  if (found === wanted) return;
  throw new TripodError("E_LAB", "the lab's host was made when the inventory said something else", {
    host: name,
    origin,
    why: `then: ${found}now:  ${wanted}`,
    hint: "take the lab away first: tripod lab down",
  });
}

/** A file or folder of this machine, and where a host sees it. */
interface Mount {
  readonly source: string;
  readonly target: string;
}

export interface HostView {
  readonly rootfs: string;
  readonly folder: string;
  /** Folders that hosts only read. */
  readonly shared: readonly Mount[];
  readonly disks: readonly Mount[];
  /** Files that lie over the machine's own in /proc. */
  readonly kernelFiles: readonly Mount[];
}

/** The text of a host's LXC configuration. */
export function hostConfig({ name, address }: Machine, { operator, prefix }: Addressing, view: HostView): string {
  const mounts = (list: readonly Mount[]) => list.map(({ source, target }) => ({ source, target }));
  return render("lab/lxc.conf", {
    hostname: name,
    rootfs: view.rootfs,
    folder: view.folder,
    shared: mounts(view.shared),
    disks: mounts(view.disks),
    kernelFiles: mounts(view.kernelFiles),
    bridge: BRIDGE,
    cable: cableName(name),
    mac: macAddress(address),
    address,
    prefix,
    gateway: operator,
  });
}
