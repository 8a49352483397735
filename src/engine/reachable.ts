import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Condition } from "../resources/condition.ts";

/** A host that went away (sshd restarted, a reboot, a cable) answers again. Its connection makes itself anew when it is used. */
export function reachable(host: Host): Condition {
  return {
    title: `${host.name} answers again`,
    within: 180_000,
    async holds() {
      try {
        await host.connection.run("true");
        return true;
      } catch (error) {
        if (error instanceof TripodError && ["E_CONNECTION_LOST", "E_UNREACHABLE"].includes(error.code))
          return error.message;
        throw error;
      }
    },
  };
}
