import { existsSync } from "node:fs";
import { join } from "node:path";
import { cniOf } from "../cni/index.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";

/** Where uploaded programs go: every PATH has it before the packages' folders. */
const LOCAL_BIN = "/usr/local/bin";

/** Where uploaded CNI plugins go, and where pod networks install theirs: containerd's own default. */
export const UPLOADED_CNI = "/opt/cni/bin";

/** The program in the folder of `software.binaries`; undefined where it comes from a package. */
export function uploaded(cluster: Cluster, program: string): { localPath: string; path: string } | undefined {
  const folder = cluster.software.binaries;
  if (!folder) return undefined;
  const localPath = join(folder, program);
  return existsSync(localPath) ? { localPath, path: `${LOCAL_BIN}/${program}` } : undefined;
}

/** The standard CNI plugins that the pod network calls, in the inventory's folder. */
export function uploadedCni(cluster: Cluster): { localPath: string; path: string }[] {
  const folder = cluster.software.binaries && join(cluster.software.binaries, "cni");
  if (!folder || !existsSync(folder)) return [];
  return cniOf(cluster.network).plugins.map((plugin) => ({
    localPath: join(folder, plugin),
    path: `${UPLOADED_CNI}/${plugin}`,
  }));
}

/** Where containerd looks for plugins on this host: in the package's folder only where all of them are the package's. */
export function cniBinDir(host: Host, cluster: Cluster): string {
  const inPackage = !cniOf(cluster.network).installsPlugins && uploadedCni(cluster).length === 0;
  return inPackage ? host.os.cniBinDir : UPLOADED_CNI;
}
