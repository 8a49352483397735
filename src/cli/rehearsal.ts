import { basename } from "node:path";
import type { Scenario } from "../drills/scenario.ts";
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
  /** The machines were there before, whatever was on them. */
  readonly stood: boolean;
}

/** What an act is played on, and where to say which records it leaves. */
interface Stage {
  readonly cluster: Cluster;
  readonly inventory: string;
  readonly io: Io;
  readonly recorded: (path: string) => void;
}

type Act = (recorded: (path: string) => void) => Promise<string | undefined>;

/**
 * Plays a rehearsal inside the lab: the inventory is applied, must then have nothing left to change, and is broken; each further
 * inventory is applied on top while clients ask. A limit that is exceeded does not end it, everything else that fails does.
 * @param done is told all that was recorded, and the record's id, when it is over, however it went
 * @throws what failed
 */
export async function rehearseOnScreen(
  { setting, scenarios, clusters, since, stood }: Rehearsal,
  io: Io,
  done: (events: readonly RehearsalEvent[], id: string) => Promise<void>,
): Promise<void> {
  const { recordRun } = await import("../record.ts");
  const record = recordRun(setting.cluster, "rehearse", io.env);
  const events: RehearsalEvent[] = [];
  const sink = (event: RehearsalEvent) => {
    events.push(event);
    record.sink(event);
  };
  const beyond: TripodError[] = [];

  /** Plays one act and tells of it, whatever comes of it. */
  const act = async (title: string, work: Act) => {
    const startedAt = Date.now();
    const records: string[] = [];
    const tell = async (ok: boolean, said = "") => {
      const told = said || (await recordsSaid(records));
      sink({ type: "rehearsal.part", at: Date.now(), title, ms: Date.now() - startedAt, ok, said: told, records });
    };
    try {
      const said = await work((path) => records.push(path));
      // Whoever is interrupted puts right what is broken, and ends in good order: that is no success.
      io.signal.throwIfAborted();
      await tell(true, said);
    } catch (error) {
      const limit = error instanceof TripodError && error.code === "E_LIMIT";
      await tell(false, limit ? "" : sentence(error));
      if (!limit) throw error;
      beyond.push(error);
    }
  };

  const [first, ...others] = clusters;
  const [inventory, ...more] = setting.inventories;
  sink({ type: "rehearsal.start", at: since, setting });
  const machines = `${first.machines.length} machines answer${stood ? "; they stood before" : ""}`;
  const made = { title: "its machines are made", ms: Date.now() - since, ok: true, said: machines, records: [] };
  sink({ type: "rehearsal.part", at: Date.now(), ...made });
  let ok = false;
  try {
    const stage = { cluster: first, inventory, io };
    await act(`${basename(inventory)} is applied`, (recorded) => applied({ ...stage, recorded }));
    const took = Date.now() - since;
    await act("nothing is left to change", (recorded) => unchanged({ ...stage, recorded }));
    await act("it is well", () => well(stage, took));
    if (scenarios.length > 0)
      await act("it is broken, and put right", (recorded) => drilled({ ...stage, recorded }, scenarios));
    let before = first;
    for (const [index, cluster] of others.entries()) {
      const next = { cluster, inventory: more[index] ?? "", io };
      const title = `${basename(next.inventory)} is applied on top, while clients ask`;
      const from = before;
      await act(title, (recorded) => changed(from, { ...next, recorded }));
      await act("nothing is left to change", (recorded) => unchanged({ ...next, recorded }));
      before = cluster;
    }
    ok = beyond.length === 0;
  } finally {
    sink({ type: "rehearsal.end", at: Date.now(), ok, ms: Date.now() - since });
    const gap = record.close();
    if (gap) io.stderr.write(`warning: ${gap.explain()}\n`);
    await done(events, basename(record.path, ".jsonl"));
  }
  const [one, ...rest] = beyond;
  if (one && rest.length === 0) throw one;
  if (one) throw new TripodErrors(beyond, `${beyond.length} acts were beyond their limits`);
}

async function applied({ cluster, inventory, recorded, io }: Stage): Promise<undefined> {
  const command = `tripod rehearse -i ${inventory}`;
  await onHosts(cluster, io, async (hosts) => {
    await walkOnScreen(cluster, hosts, io, { mode: "apply", command, recorded });
  });
}

/** Right after an apply a plan must be empty: else no plan of this inventory would ever tell the truth. */
async function unchanged({ cluster, recorded, io }: Stage): Promise<undefined> {
  await onHosts(cluster, io, async (hosts) => {
    const { changed: left } = await walkOnScreen(cluster, hosts, io, { mode: "plan", recorded });
    if (left === 0) return;
    throw new TripodError("E_NOT_CONVERGED", `right after the apply ${left} would change again`, {
      hint: "the plan above says what; this is a bug of Tripod's, or something on the hosts undoes it",
    });
  });
}

async function well({ cluster, io }: Omit<Stage, "recorded">, took: number): Promise<string> {
  let said = "";
  await onHosts(cluster, io, async (hosts) => {
    said = await showResult(cluster, hosts, took, io);
  });
  return said;
}

async function drilled(stage: Stage, scenarios: readonly Scenario[]): Promise<undefined> {
  const { cluster, inventory, recorded, io } = stage;
  io.stdout.write("\n");
  await onHosts(cluster, io, (hosts) =>
    drillOnScreen(cluster, hosts, scenarios, { lab: true, inventory, recorded }, io),
  );
}

async function changed(before: Cluster, { cluster, inventory, recorded, io }: Stage): Promise<undefined> {
  const name = basename(inventory);
  const command = `tripod rehearse --then ${inventory}`;
  const failed: unknown[] = [];
  const measured = (asked: readonly Host[], hosts: readonly Host[]) => {
    const work = async () => {
      await walkOnScreen(cluster, hosts, io, { mode: "apply", command, recorded }).catch((error: unknown) => {
        failed.push(error);
        throw error;
      });
    };
    const change = { title: `${name} applied on top`, what: `${name} is applied`, work };
    return changeOnScreen(before, asked, change, { lab: true, inventory, recorded }, io);
  };
  io.stdout.write(`\nclients begin to ask; then ${name} is applied\n`);
  await onHosts(before, io, (asked) =>
    onHosts(cluster, io, (hosts) =>
      measured(asked, hosts).catch((error: unknown) => {
        // What the apply said of itself, and not that the change failed.
        throw failed[0] ?? error;
      }),
    ),
  );
}

/** What failed, in a sentence for the report: of many the first. */
function sentence(error: unknown): string {
  const one = error instanceof TripodErrors ? error.errors[0] : error;
  if (!(one instanceof TripodError)) return error instanceof Error ? error.message : String(error);
  const { host, why } = one.details;
  return `${host ? `${host}: ` : ""}${one.message}${why ? `: ${why.trim().split("\n").join("; ")}` : ""}`;
}
