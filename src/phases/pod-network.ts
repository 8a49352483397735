import { dirname } from "node:path";
import { cniOf } from "../cni/index.ts";
import { bridgeConflist, POD_ROUTES_SCRIPT, podRouting, podRoutesScript, podRoutesUnit } from "../config/bridge.ts";
import type { Host } from "../host.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import { podRoutes } from "../resources/pod-routes.ts";
import type { Resource } from "../resources/resource.ts";
import { service } from "../resources/service.ts";
import { packages } from "./packages.ts";
import { mtuOf } from "./carrier.ts";
import { cniPlugins } from "./cni-plugins.ts";
import { allHosts, type Context, type Phase, sameHost } from "./phase.ts";
import { cidrsOf, CONFLIST } from "./pod-cidrs.ts";
import { preflight } from "./preflight/index.ts";
import { prepare } from "./prepare.ts";

const ROUTES = "tripod-pod-routes.service";

/**
 * What the pod network needs on every host before kubeadm runs: the standard CNI plugins; of `bridge` all of it, a /24 of pods on every host
 * and routes between the hosts, so that a node is Ready as soon as its kubelet runs.
 */
export const podNetwork: Phase = {
  name: "pod-network",
  title: "Pod network",
  needs: [allHosts(preflight), sameHost(packages), sameHost(prepare)],
  hosts: ({ cluster }) => (cniOf(cluster.network).plugins.length > 0 ? cluster.machines : []),
  async resources(host, context) {
    const plugins = await cniPlugins(host, context);
    return cniOf(context.cluster.network).installedBy === "tripod"
      ? [...plugins, ...(await bridgeAndRoutes(host, context))]
      : plugins;
  },
};

async function bridgeAndRoutes(host: Host, context: Context): Promise<Resource[]> {
  const { cluster, existing } = context;
  const cidrs = await cidrsOf(context);
  const routing = podRouting(cluster, host.machine, cidrs, existing.unknownNodes);
  const unit = `/etc/systemd/system/${ROUTES}`;
  return [
    directory({ path: "/etc/cni/net.d", mode: 0o755 }),
    file({ path: CONFLIST, content: bridgeConflist(host.machine, cidrs, mtuOf(host)), mode: 0o644 }),
    directory({ path: dirname(POD_ROUTES_SCRIPT), mode: 0o755 }),
    file({ path: POD_ROUTES_SCRIPT, content: podRoutesScript(routing), mode: 0o755 }),
    file({ path: unit, content: podRoutesUnit(), mode: 0o644 }),
    service({ unit: ROUTES, reads: [unit, POD_ROUTES_SCRIPT] }),
    podRoutes({ ...routing, script: POD_ROUTES_SCRIPT }),
  ];
}
