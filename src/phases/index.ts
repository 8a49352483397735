import { certificates } from "./certificates.ts";
import { containerRuntime } from "./container-runtime.ts";
import { etcd } from "./etcd.ts";
import { firewall } from "./firewall.ts";
import { firstMaster } from "./first-master.ts";
import { health } from "./health.ts";
import { firstKubernetes, kubernetes } from "./kubernetes.ts";
import { loadBalancer } from "./load-balancer.ts";
import { networkManifest } from "./network-manifest.ts";
import { nodes } from "./nodes.ts";
import { otherMasters } from "./other-masters.ts";
import { packages } from "./packages.ts";
import type { Phase } from "./phase.ts";
import { podNetwork } from "./pod-network.ts";
import { preflight } from "./preflight/index.ts";
import { prepare } from "./prepare.ts";
import { standby } from "./standby.ts";
import { verify } from "./verify.ts";
import { workers } from "./workers.ts";

/**
 * The bootstrap, in reading order. Each phase names the phases it needs and starts, host by host, as soon as they are done; none may
 * need a phase that is listed after it.
 */
export const PHASES: readonly Phase[] = [
  preflight,
  packages,
  prepare,
  firewall,
  certificates,
  etcd,
  loadBalancer,
  containerRuntime,
  podNetwork,
  firstKubernetes,
  kubernetes,
  firstMaster,
  networkManifest,
  otherMasters,
  standby,
  workers,
  nodes,
  health,
  verify,
];
