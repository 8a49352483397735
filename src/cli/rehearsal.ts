import { basename } from "node:path";
import type { Scenario } from "../drills/drill.ts";
import { TripodError, TripodErrors } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { RehearsalEvent, RehearsalSetting } from "../rehearsal.ts";
import { changeOnScreen, drillOnScreen } from "./drilling.ts";
import type { Io } from "./io.ts";
import { recordsSaid } from "./rehearsal-report.ts";
import { showResult } from "./rehearsal-result.ts";
import { onHosts, walkOnScreen } from "./walk.ts";

export interface Rehearsal {
  readonly setting: RehearsalSetting;
  readonly scenarios: readonly Scenario[];
  /** As the inventories say it, on the lab's machines: the first, and what is applied on top of it. */
  readonly clusters: readonly [Cluster, ...Cluster[]];
  /** When it began, ms since the epoch: with the machines. */
  readonly since: number;
}

/** What an act is given: the machines, and where to say which records it leaves. */
interface Stage {
  readonly cluster: Cluster;
  readonly hosts: readonly Host[];
  readonly inventory: string;
  readonly recorded: (path: string) => void;
  readonly io: Io;
}

/**
 * Plays a rehearsal inside the lab: the inventory is applied, must then have nothing left to change, and is broken; each further
 * inventory is applied on top while clients ask. A limit that is exceeded does not end it, everything else that fails does.
 * @returns the path of its record
 * @throws what failed
 */
export async function rehearseOnScreen(
  { setting, scenarios, clusters, since }: Rehearsal,
  io: Io,
  done: (events: readonly RehearsalEvent[]) => Promise<void>,
): Promise<void> {
  const { recordRun } = await import("../record.ts");
  const record = recordRun(setting.cluster, "rehearse", io.env);
  const events: RehearsalEvent[] = [];
  const sink = (event: RehearsalEvent) => {
    events.push(event);
    record.sink(event);
  };
  const failures: TripodError[] = [];

  /** Does one act and tells of it, whatever comes of it. */
  const act = async (title: string, work: (recorded: (path: string) => void) => Promise<string | undefined>) => {
    const startedAt = Date.now();
    const records: string[] = [];
    const part = async (ok: boolean, said: string) => {
      const told = said || (await recordsSaid(records));
      sink({ type: "rehearsal.part", at: Date.now(), title, ms: Date.now() - startedAt, ok, said: told, records });
    };
    try {
      const said = await work((path) => records.push(path));
      await part(true, said ?? "");
    } catch (error) {
      const limit = error instanceof TripodError && error.code === "E_LIMIT";
      await part(false, limit ? "" : error instanceof Error ? error.message : String(error));
      if (!limit) throw error;
      failures.push(error);
    }
  };

  const [first, ...others] = clusters;
  const [inventory, ...more] = setting.inventories;
  sink({ type: "rehearsal.start", at: since, setting });
  let ok = false;
  try {
    const machines = `${first.machines.length} machines answer`;
    sink({
      type: "rehearsal.part",
      at: Date.now(),
      title: "its machines are made",
      ms: Date.now() - since,
      ok: true,
      said: machines,
      records: [],
    });
    await onHosts(first, io, async (hosts) => {
      const stage = { cluster: first, hosts, inventory, io };
      await act(`${basename(inventory)} is applied`, (recorded) => applied({ ...stage, recorded }));
      const took = Date.now() - since;
      await act("nothing is left to change", (recorded) => unchanged({ ...stage, recorded }));
      await showResult(first, hosts, took, io);
      if (scenarios.length > 0)
        await act("it is broken, and put right", (recorded) => drilled({ ...stage, recorded }, scenarios));
    });
    let before = first;
    for (const [index, cluster] of others.entries()) {
      const next = more[index] ?? "";
      await act(`${basename(next)} is applied on top, while clients ask`, (recorded) =>
        changed(before, { cluster, inventory: next, io, recorded }),
      );
      await onHosts(cluster, io, (hosts) =>
        act("nothing is left to change", (recorded) => unchanged({ cluster, hosts, inventory: next, io, recorded })),
      );
      before = cluster;
    }
    ok = failures.length === 0;
  } finally {
    sink({ type: "rehearsal.end", at: Date.now(), ok, ms: Date.now() - since });
    const gap = record.close();
    if (gap) io.stderr.write(`warning: ${gap.explain()}\n`);
    await done(events);
  }
  if (failures.length > 0)
    throw new TripodErrors(
      failures,
      `${failures.length} of the acts ${failures.length === 1 ? "was" : "were"} beyond limits`,
    );
}

async function applied({ cluster, hosts, inventory, recorded, io }: Stage): Promise<undefined> {
  await walkOnScreen(cluster, hosts, io, { mode: "apply", command: `tripod rehearse -i ${inventory}`, recorded });
}

/** Right after an apply a plan must be empty: else no plan of this inventory would ever tell the truth. */
async function unchanged({ cluster, hosts, recorded, io }: Stage): Promise<undefined> {
  const { changed: left } = await walkOnScreen(cluster, hosts, io, { mode: "plan", recorded });
  if (left === 0) return;
  throw new TripodError("E_NOT_CONVERGED", `right after the apply ${left} would change again`, {
    hint: "the plan above says what; this is a bug of Tripod's, or something on the hosts undoes it",
  });
}

async function drilled(stage: Stage, scenarios: readonly Scenario[]): Promise<undefined> {
  const { cluster, hosts, inventory, recorded, io } = stage;
  io.stdout.write("\n");
  await drillOnScreen(cluster, hosts, scenarios, { lab: true, inventory, recorded }, io);
}

async function changed(
  before: Cluster,
  { cluster, inventory, recorded, io }: Omit<Stage, "hosts">,
): Promise<undefined> {
  const name = basename(inventory);
  await onHosts(before, io, (asked) =>
    onHosts(cluster, io, async (hosts) => {
      const work = async () => {
        await walkOnScreen(cluster, hosts, io, {
          mode: "apply",
          command: `tripod rehearse --then ${inventory}`,
          recorded,
        });
      };
      const change = { title: `${name} applied on top`, what: `${name} is applied`, work };
      await changeOnScreen(before, asked, change, { recorded }, io);
    }),
  );
}
