import { dirname } from "node:path";
import {
  bridgeConflist,
  POD_ROUTES_SCRIPT,
  podRouting,
  podRoutesScript,
  podRoutesUnit,
  type PodCidrs,
} from "../config/bridge.ts";
import { podCidrs } from "../config/pod-cidr.ts";
import { binary } from "../resources/binary.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import { podRoutes } from "../resources/pod-routes.ts";
import { service } from "../resources/service.ts";
import { allHosts, type Context, type Phase, sameHost } from "./phase.ts";
import { uploadedCni, UPLOADED_CNI } from "./software.ts";

const CONFLIST = "/etc/cni/net.d/10-tripod.conflist";
const ROUTES = "tripod-pod-routes.service";

/**
 * The pod network `bridge`: a /24 of pods on every host and routes between the hosts. It is installed before kubeadm runs, so that
 * a node is Ready as soon as its kubelet runs.
 */
export const podNetwork: Phase = {
  name: "pod-network",
  title: "Pod network",
  needs: [allHosts("preflight"), sameHost("packages"), sameHost("prepare")],
  hosts: ({ cluster }) => ("cni" in cluster.network && cluster.network.cni === "bridge" ? cluster.machines : []),
  async resources(host, context) {
    const { cluster, existing } = context;
    const cidrs = await cidrsOf(context);
    const routing = podRouting(cluster, host.machine, cidrs, existing.unknownNodes);
    const unit = `/etc/systemd/system/${ROUTES}`;
    const plugins = uploadedCni(cluster);
    return [
      ...(plugins.length > 0 ? [directory({ path: UPLOADED_CNI, mode: 0o755 })] : []),
      ...plugins.map(binary),
      directory({ path: "/etc/cni/net.d", mode: 0o755 }),
      file({ path: CONFLIST, content: bridgeConflist(host.machine, cidrs), mode: 0o644 }),
      directory({ path: dirname(POD_ROUTES_SCRIPT), mode: 0o755 }),
      file({ path: POD_ROUTES_SCRIPT, content: podRoutesScript(routing), mode: 0o755 }),
      file({ path: unit, content: podRoutesUnit(), mode: 0o644 }),
      service({ unit: ROUTES, reads: [unit, POD_ROUTES_SCRIPT] }),
      podRoutes({ ...routing, script: POD_ROUTES_SCRIPT }),
    ];
  },
};

/**
 * Every host keeps the CIDR in its own configuration: its pods have addresses from it.
 * @throws TripodError E_REFUSED where such a CIDR is not one that its pods can have
 */
export function cidrsOf(context: Context): Promise<PodCidrs> {
  const { cluster, existing } = context;
  return context.once("pod CIDRs", async () => {
    const current = await Promise.all(
      context.hosts.map(async (host): Promise<[string, string][]> => {
        const cidr = /"subnet":\s*"([\d./]+)"/.exec((await host.read(`cat ${CONFLIST}`)).stdout)?.[1];
        return cidr ? [[host.name, cidr]] : [];
      }),
    );
    const unknownNodes = existing.unknownNodes.flatMap(({ name, podCidr }): [string, string][] =>
      podCidr ? [[name, podCidr]] : [],
    );
    return podCidrs(cluster, new Map([...unknownNodes, ...current.flat()]));
  });
}
