import type { Check } from "./check.ts";
import { containerdConfigured } from "./containerd-config.ts";
import { operatorClock } from "./clocks.ts";
import { podsForwarded, ufwKnowsVrrp } from "./firewall.ts";
import { foreignEtcd } from "./etcd-data.ts";
import { diskLatency } from "./disk-latency.ts";
import { matchesExisting, podRanges, sameAuthorities } from "./existing-cluster.ts";
import { kernelModules } from "./kernel-modules.ts";
import { cgroupVersion, clocks, size, systemd, unique } from "./machine.ts";
import { manifestReadable } from "./manifest.ts";
import { ownAddress, routerIdFree, subnetsFree, vipFree, vipInSubnet, vipOurs } from "./network.ts";
import { sysctlsKept, vipNotInFiles } from "./other-files.ts";
import { ports } from "./ports.ts";
import { portsReachable } from "./reachability.ts";
import { sameMtu, segment } from "./segment.ts";
import { selinux } from "./selinux.ts";
import { etcdVersion, softwareAvailable } from "./software.ts";
import { operatingSystem } from "./operating-system.ts";

/** Every check, in reading order. */
export const CHECKS: readonly Check[] = [
  systemd,
  operatingSystem,
  size,
  unique,
  clocks,
  operatorClock,
  cgroupVersion,
  kernelModules,
  selinux,
  ownAddress,
  subnetsFree,
  segment,
  sameMtu,
  vipInSubnet,
  vipOurs,
  vipNotInFiles,
  vipFree,
  routerIdFree,
  sysctlsKept,
  ports,
  podsForwarded,
  ufwKnowsVrrp,
  portsReachable,
  softwareAvailable,
  etcdVersion,
  containerdConfigured,
  matchesExisting,
  foreignEtcd,
  diskLatency,
  sameAuthorities,
  podRanges,
  manifestReadable,
];
