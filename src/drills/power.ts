import { spawn } from "node:child_process";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster, Machine } from "../inventory/cluster.ts";
import { quote } from "../remote/shell.ts";
import type { Disruption } from "./scenario.ts";
import type { Power } from "./setup.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

/** Why a scenario is skipped where the inventory does not set `power`. */
export const NO_POWER = "Tripod cannot switch these machines off: the inventory has no `power`";

/** The commands that the inventory sets. */
export function powerOf({ power }: Cluster): Power | undefined {
  if (!power) return undefined;
  const shell = (command: string) => (machine: Machine) => [
    "/bin/sh",
    "-c",
    command.replace(/\{\{\s*(name|address)\s*\}\}/g, (_, key: "name" | "address") => quote(machine[key])),
  ];
  return { off: shell(power.off), on: shell(power.on) };
}

/** Cuts the power of machines. @param between called when the first of several is on again */
export function powerCut(
  hosts: readonly Host[],
  power: Power,
  undoneAfter: number,
  { between }: { readonly between?: () => Promise<void> } = {},
): Disruption {
  const watchdogs = new Map<string, Watchdog>();
  return {
    what: `power of ${hosts.map(({ name }) => name).join(" and ")} cut`,
    victims: hosts,
    stopsKubelets: true,
    powersOff: true,
    async begin() {
      for (const { machine } of hosts) watchdogs.set(machine.name, startWatchdog(power.on(machine), undoneAfter));
      await Promise.all(
        hosts.map(({ machine }) => program(power.off(machine), `${machine.name} could not be switched off`)),
      );
    },
    async end(signal) {
      for (const [index, { machine }] of hosts.entries()) {
        await program(power.on(machine), `${machine.name} could not be switched on`, signal);
        watchdogs.get(machine.name)?.done();
        if (index === 0 && hosts.length > 1) await between?.();
      }
    },
  };
}

/** @throws TripodError E_COMMAND with what the program printed */
function program([command = "", ...args]: readonly string[], failing: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const fail = (why: string) =>
      reject(
        // Without the command: it may contain a password, and errors are recorded.
        new TripodError("E_COMMAND", failing, {
          why,
          hint: "run the command that the inventory sets in `power` by hand",
        }),
      );
    child.on("error", ({ message }) => fail(message));
    child.on("close", (code) => (code === 0 ? resolve() : fail(output.trim() || `exit code ${code ?? "unknown"}`)));
  });
}
