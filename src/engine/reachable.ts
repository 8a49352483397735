import type { Host } from "../host.ts";
import { READ_WITHIN } from "../remote/limits.ts";
import type { Condition } from "../condition.ts";

/** A host that went away (sshd restarted, a reboot, a cable) answers again. Its connection makes itself anew when it is used. */
export function reachable(host: Host): Condition {
  return {
    title: `${host.name} answers again`,
    within: 180_000,
    async holds() {
      await host.connection.run("true", { within: READ_WITHIN });
      return true;
    },
  };
}
