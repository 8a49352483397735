import type { Host } from "../../host.ts";
import type { Disruption, Scenario } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";

/**
 * Limits while an API server has no etcd member, ms: haproxy keeps it in rotation until two checks have failed, 3.25 s at most, and a
 * request that was sent just before that takes a second more.
 */
export const WITHOUT_ETCD: NonNullable<Scenario["limits"]> = { apiLive: 4500, apiRead: 4500 };

/** Stops systemd units cleanly; they are started again in the same order. */
export function stopUnits(host: Host, units: readonly string[], undoneAfter: number): Disruption {
  const names = units.join(" ");
  return scriptedDisruption(
    host,
    {
      name: units.join("-"),
      what: `${units.join(" and ")} on ${host.name} stopped`,
      disrupt: `systemctl stop ${names}`,
      undo: `systemctl start ${names}`,
    },
    undoneAfter,
  );
}
