import { cniOf } from "../cni/index.ts";
import type { Host } from "../host.ts";
import { OPT_CNI_BIN } from "../releases/projects.ts";
import { directory } from "../resources/directory.ts";
import { programLink } from "../resources/program-link.ts";
import type { Resource } from "../resources/resource.ts";
import type { Context } from "./phase.ts";
import { cniBinDir, originOf, programs } from "./software.ts";

/**
 * The standard plugins where containerd looks for plugins: from a release or the folder; or the package's, which are linked there where pods
 * of the network install other plugins beside them.
 */
export async function cniPlugins(host: Host, context: Context): Promise<Resource[]> {
  const { cluster } = context;
  if (originOf(host, cluster, "cni") !== "packages") return programs(host, context, "cni");
  if (cniBinDir(host, cluster) !== OPT_CNI_BIN) return [];
  const link = (plugin: string) =>
    programLink({ path: `${OPT_CNI_BIN}/${plugin}`, target: `${host.os.cniBinDir}/${plugin}` });
  return [directory({ path: OPT_CNI_BIN, mode: 0o755 }), ...cniOf(cluster.network).plugins.map(link)];
}
