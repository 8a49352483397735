import type { Host } from "../../host.ts";
import type { Disruption, Scenario } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";

/**
 * Of an API server whose member of etcd is stopped, ms: it stays in turn until two checks of haproxy have failed, 3.25 s at most, and who asked
 * it just before waits a second more.
 */
export const WITHOUT_ETCD: NonNullable<Scenario["limits"]> = { apiLive: 4500, apiRead: 4500 };

/** Stops systemd units in good order; they are started again in the same order. */
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
