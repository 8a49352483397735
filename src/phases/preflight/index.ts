import { TripodError, TripodErrors } from "../../errors.ts";
import type { Phase } from "../phase.ts";
import type { Check } from "./check.ts";
import { otherCluster, otherEtcd, sameAuthorities } from "./belonging.ts";
import { cgroupVersion, clocks, size, systemd, unique } from "./machine.ts";
import { ownAddress, routerIdFree, vipFree, vipInSubnet } from "./network.ts";
import { ports } from "./ports.ts";

const CHECKS: readonly Check[] = [
  systemd,
  size,
  unique,
  clocks,
  cgroupVersion,
  ownAddress,
  vipInSubnet,
  vipFree,
  routerIdFree,
  ports,
  otherCluster,
  otherEtcd,
  sameAuthorities,
];

/** Everything that could be known to go wrong, asked of all hosts before anything is changed; all failures at once. */
export const preflight: Phase = {
  name: "preflight",
  title: "Preflight",
  needs: [],
  hosts: (cluster) => cluster.machines,
  async resources(host, context) {
    const problems = (await Promise.all(CHECKS.map(async (check) => check.examine(host, context)))).flat();
    if (problems.length === 0) return [];
    const errors = problems.map(
      ({ code = "E_PREFLIGHT", message, why, hint }) =>
        new TripodError(code, message, {
          host: host.name,
          origin: host.machine.origin,
          ...(why && { why }),
          hint,
        }),
    );
    throw new TripodErrors(errors, `${host.name} is not fit`);
  },
};
