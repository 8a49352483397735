import type { Check } from "./check.ts";
import { operatorClock } from "./clocks.ts";
import { foreignEtcd, matchesExisting, podRanges, sameAuthorities } from "./existing-cluster.ts";
import { cgroupVersion, clocks, size, systemd, unique } from "./machine.ts";
import { manifestReadable } from "./manifest.ts";
import { ownAddress, routerIdFree, subnetsFree, vipFree, vipInSubnet, vipOurs } from "./network.ts";
import { ports } from "./ports.ts";
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
  ownAddress,
  subnetsFree,
  vipInSubnet,
  vipOurs,
  vipFree,
  routerIdFree,
  ports,
  softwareAvailable,
  etcdVersion,
  matchesExisting,
  foreignEtcd,
  sameAuthorities,
  podRanges,
  manifestReadable,
];
