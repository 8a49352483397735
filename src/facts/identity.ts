import { defineFact } from "./fact.ts";

export interface Identity {
  readonly hostname: string;
  /** Unique on every machine; a cloned machine has its original's. */
  readonly machineId: string;
  /** Whether systemd is the init of this host. */
  readonly systemd: boolean;
}

export const identity = defineFact<Identity>({
  name: "identity",
  command: "uname -n; cat /etc/machine-id 2>/dev/null || echo; [ -d /run/systemd/system ] && echo systemd; true",
  parse(stdout) {
    const [hostname = "", machineId = "", init] = stdout.split("\n");
    return { hostname, machineId, systemd: init === "systemd" };
  },
});
