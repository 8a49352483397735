import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "../inventory/cluster.ts";
import type { Progress } from "../lab/cache.ts";
import { imagesFolder, WORKLOAD_IMAGE } from "../lab/images.ts";
import { kubernetesFolder, linkBinaries } from "../lab/kubernetes.ts";
import { softwareIn } from "../lab/overrides.ts";
import { requirePrograms, requireRoot } from "../lab/programs.ts";
import type { DebianRelease } from "../lab/release.ts";
import { rootFileSystem } from "../lab/rootfs.ts";
import { stateFolder } from "../xdg.ts";

export interface SoftwareOptions extends Progress {
  /** A folder with the programs of the inventory's Kubernetes; default: found as the lab does. */
  readonly binaries?: string;
  readonly release?: DebianRelease;
  /** Installs missing Debian packages on the operator's machine. */
  readonly install?: boolean;
}

/**
 * Kubernetes for Vagrant's machines, whose boxes do not contain it: its programs, and images of them, as for the lab.
 * @returns their folder, which `withSoftware` uses
 * @throws TripodError E_LAB
 */
export async function fetchSoftware(cluster: Cluster, options: SoftwareOptions): Promise<string> {
  const { binaries, release = "bookworm", install = false, ...work } = options;
  requireRoot();
  await requirePrograms(install, work);
  const programs = await kubernetesFolder(cluster, binaries, work);
  const images = await imagesFolder(cluster, programs, await rootFileSystem(release, "ready", work), work);
  const folders = softwareFolders(cluster);
  await mkdir(folders.root, { recursive: true });
  await linkBinaries(programs, folders.binaries, cluster.kubernetes.minor);
  await rm(folders.images, { force: true });
  await symlink(images, folders.images);
  return folders.root;
}

/** The same cluster with the fetched software, unless its inventory sets other folders. */
export function withSoftware(cluster: Cluster): Cluster {
  const folders = softwareFolders(cluster);
  const software = softwareIn(folders, cluster.software);
  return Object.freeze({
    ...cluster,
    software,
    // The created images contain one for the drill.
    ...(software.images === folders.images && { drill: { image: WORKLOAD_IMAGE, ...cluster.drill } }),
  });
}

function softwareFolders({ name }: Cluster) {
  const root = join(stateFolder(), "vagrant", name);
  return { root, binaries: join(root, "binaries"), images: join(root, "images") };
}
