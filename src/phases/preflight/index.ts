import { TripodError, TripodErrors } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { Context, Phase } from "../phase.ts";
import type { Check } from "./check.ts";
import { matchesExisting, foreignEtcd, podRanges, sameAuthorities } from "./existing-cluster.ts";
import { operatorClock } from "./clocks.ts";
import { cgroupVersion, clocks, size, systemd, unique } from "./machine.ts";
import { podsForwarded, ufwKnowsVrrp } from "./firewall.ts";
import { manifestReadable } from "./manifest.ts";
import { subnetsFree, ownAddress, routerIdFree, vipFree, vipInSubnet, vipOurs } from "./network.ts";
import { sysctlsKept, vipNotInFiles } from "./other-files.ts";
import { ports } from "./ports.ts";
import { reachable } from "./reachability.ts";
import { sameMtu, segment } from "./segment.ts";

const CHECKS: readonly Check[] = [
  systemd,
  size,
  unique,
  clocks,
  operatorClock,
  cgroupVersion,
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
  reachable,
  matchesExisting,
  foreignEtcd,
  sameAuthorities,
  podRanges,
  manifestReadable,
];

/** Everything that can be checked beforehand, on all hosts and before anything is changed; all failures are reported at once. */
export const preflight: Phase = {
  name: "preflight",
  title: "Preflight",
  needs: [],
  hosts: ({ cluster }) => cluster.machines,
  async resources(host, context) {
    const errors = (await Promise.all(CHECKS.map((check) => examined(check, host, context)))).flat();
    if (errors.length === 0) return [];
    throw new TripodErrors(errors, `${host.name} does not meet the requirements`);
  },
};

/** The problems that a check finds on a host, or its E_REFUSED; any other error is not a problem of the host, and is thrown. */
async function examined(check: Check, host: Host, context: Context): Promise<TripodError[]> {
  try {
    return (await check.examine(host, context)).map(({ code = "E_PREFLIGHT", ofCluster, message, why, hint }) => {
      const where = ofCluster ? {} : { host: host.name, origin: host.machine.origin };
      return new TripodError(code, message, { ...where, ...(why && { why }), hint });
    });
  } catch (error) {
    if (error instanceof TripodError && error.code === "E_REFUSED") return [error];
    throw error;
  }
}
