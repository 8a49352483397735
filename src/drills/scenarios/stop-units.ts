import type { Host } from "../../host.ts";
import type { Disruption } from "../drill.ts";
import { byScript } from "../switch.ts";

/** Stops systemd units in good order; they are started again in the same order. */
export function stopUnits(host: Host, units: readonly string[], undoneAfter: number): Disruption {
  const names = units.join(" ");
  return byScript(
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
