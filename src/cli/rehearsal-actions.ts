import { basename } from "node:path";
import type { Scenario } from "../drills/scenario.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { OnRecord, RehearsalActions, RehearsedInventory } from "../rehearsal/rehearse.ts";
import { changeOnScreen, drillOnScreen } from "./drilling.ts";
import type { Io } from "./io.ts";
import { showHealth } from "./rehearsal-check.ts";
import { recordsSummary } from "./rehearsal-report.ts";
import { onHosts, walkOnScreen } from "./walk.ts";

/** The actions of a rehearsal, each with its own connections and its progress on the screen. */
export function actionsOnScreen(scenarios: readonly Scenario[], io: Io): RehearsalActions {
  return {
    apply: async ({ cluster, path }, recorded) => {
      const command = `tripod rehearse -i ${path}`;
      await onHosts(cluster, io, async (hosts) => {
        await walkOnScreen(cluster, hosts, io, { mode: "apply", command, recorded });
      });
    },
    plan: async ({ cluster }, recorded) => {
      let left = 0;
      await onHosts(cluster, io, async (hosts) => {
        left = (await walkOnScreen(cluster, hosts, io, { mode: "plan", recorded })).changed;
      });
      return left;
    },
    check: async ({ cluster }, ms) => {
      let line = "";
      await onHosts(cluster, io, async (hosts) => {
        line = await showHealth(cluster, hosts, ms, io);
      });
      return line;
    },
    drill: async ({ cluster, path }, recorded) => {
      io.stdout.write("\n");
      await onHosts(cluster, io, (hosts) =>
        drillOnScreen(cluster, hosts, scenarios, { lab: true, inventory: path, recorded }, io),
      );
    },
    change: (before, inventory, recorded) => changeWhileMeasured(before, inventory, recorded, io),
    summary: recordsSummary,
  };
}

async function changeWhileMeasured(
  before: Cluster,
  { cluster, path }: RehearsedInventory,
  recorded: OnRecord,
  io: Io,
): Promise<void> {
  const name = basename(path);
  const command = `tripod rehearse --then ${path}`;
  const failed: unknown[] = [];
  const measured = (clients: readonly Host[], hosts: readonly Host[]) => {
    const work = async () => {
      await walkOnScreen(cluster, hosts, io, { mode: "apply", command, recorded }).catch((error: unknown) => {
        failed.push(error);
        throw error;
      });
    };
    const change = { title: `${name} applied on top`, what: `${name} is applied`, work };
    return changeOnScreen(before, clients, change, { lab: true, inventory: path, recorded }, io);
  };
  io.stdout.write(`\nclients start to send requests; then ${name} is applied\n`);
  await onHosts(before, io, (clients) =>
    onHosts(cluster, io, (hosts) =>
      measured(clients, hosts).catch((error: unknown) => {
        // The apply's own error is more precise than "the change failed".
        throw failed[0] ?? error;
      }),
    ),
  );
}
