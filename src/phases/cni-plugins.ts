import { cniOf } from "../cni/index.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { binary } from "../resources/binary.ts";
import { directory } from "../resources/directory.ts";
import { programLink } from "../resources/program-link.ts";
import type { Resource } from "../resources/resource.ts";
import { cniBinDir, UPLOADED_CNI, uploadedCni } from "./software.ts";

/**
 * The standard plugins where containerd looks for plugins: uploaded; or the package's, which are linked there where pods of the network
 * install other plugins beside them.
 */
export function cniPlugins(host: Host, cluster: Cluster): Resource[] {
  const inFolder = directory({ path: UPLOADED_CNI, mode: 0o755 });
  const uploads = uploadedCni(cluster);
  if (uploads.length > 0) return [inFolder, ...uploads.map(binary)];
  if (cniBinDir(host, cluster) !== UPLOADED_CNI) return [];
  const link = (plugin: string) =>
    programLink({ path: `${UPLOADED_CNI}/${plugin}`, target: `${host.os.cniBinDir}/${plugin}` });
  return [inFolder, ...cniOf(cluster.network).plugins.map(link)];
}
