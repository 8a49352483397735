import { basename } from "node:path";
import { TripodError, TripodErrors } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import type { RehearsalEvent, RehearsalSetting } from "./events.ts";

/** One inventory of a rehearsal, on the lab's machines. */
export interface RehearsedInventory {
  readonly path: string;
  readonly cluster: Cluster;
}

/** Is called with the path of every record that an action leaves. */
export type OnRecord = (path: string) => void;

/** What a rehearsal does with the lab's machines. An action shows its own progress. */
export interface RehearsalActions {
  readonly apply: (inventory: RehearsedInventory, recorded: OnRecord) => Promise<void>;
  /** @returns how many changes a plan finds */
  readonly plan: (inventory: RehearsedInventory, recorded: OnRecord) => Promise<number>;
  /**
   * @param ms since the rehearsal began
   * @returns the health line
   * @throws TripodError E_NOT_CONVERGED if the cluster is not healthy
   */
  readonly check: (inventory: RehearsedInventory, ms: number) => Promise<string>;
  /** @throws TripodError E_LIMIT */
  readonly drill: (inventory: RehearsedInventory, recorded: OnRecord) => Promise<void>;
  /** Applies an inventory while clients of the cluster as it was `before` are measured. @throws TripodError E_LIMIT */
  readonly change: (before: Cluster, inventory: RehearsedInventory, recorded: OnRecord) => Promise<void>;
  /** @returns what the records at these paths contain, in a sentence */
  readonly summary: (records: readonly string[]) => Promise<string>;
}

export interface RehearsalRun {
  readonly setting: RehearsalSetting;
  /** The clusters of the setting's inventories, in their order, with the lab's SSH settings. */
  readonly clusters: readonly [Cluster, ...Cluster[]];
  /** When the rehearsal began, before its machines were created; ms since the epoch. */
  readonly since: number;
  /** Whether the machines existed before. */
  readonly existed: boolean;
  readonly actions: RehearsalActions;
  readonly sink: (event: RehearsalEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Rehearses inventories on machines that exist: the first is applied, must then have nothing left to change, and is drilled; each
 * further one is applied on top while clients send requests. An exceeded limit does not end the rehearsal, every other failure does.
 * @throws what failed; TripodErrors if several limits were exceeded
 */
export async function rehearse(options: RehearsalRun): Promise<void> {
  await new Rehearsal(options).run();
}

class Rehearsal {
  readonly #options: RehearsalRun;
  /** E_LIMIT of each part that exceeded a limit. */
  readonly #exceeded: TripodError[] = [];

  constructor(options: RehearsalRun) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { sink, since } = this.#options;
    this.#begin();
    let ok = false;
    try {
      await this.#first();
      await this.#changes();
      ok = this.#exceeded.length === 0;
    } finally {
      sink({ type: "rehearsal.end", at: Date.now(), ok, ms: Date.now() - since });
    }
    const [one, ...rest] = this.#exceeded;
    if (one && rest.length === 0) throw one;
    if (one) throw new TripodErrors(this.#exceeded, `${this.#exceeded.length} parts exceeded their limits`);
  }

  /** The machines were created before the rehearsal's process started: they are its first part. */
  #begin(): void {
    const { sink, since, setting, clusters, existed } = this.#options;
    sink({ type: "rehearsal.start", at: since, setting });
    const said = `${clusters[0].machines.length} machines answer${existed ? "; they existed before" : ""}`;
    const made = { title: "the machines are created", ms: Date.now() - since, ok: true, said, records: [] };
    sink({ type: "rehearsal.part", at: Date.now(), ...made });
  }

  async #first(): Promise<void> {
    const { setting, clusters, since, actions } = this.#options;
    const inventory = { path: setting.inventories[0], cluster: clusters[0] };
    await this.#part(`${basename(inventory.path)} is applied`, (recorded) => actions.apply(inventory, recorded));
    const ms = Date.now() - since;
    await this.#nothingToChange(inventory);
    await this.#part("the cluster is healthy", () => actions.check(inventory, ms));
    if (setting.scenarios.length > 0)
      await this.#part("the drill breaks and restores it", (recorded) => actions.drill(inventory, recorded));
  }

  async #changes(): Promise<void> {
    const { setting, clusters, actions } = this.#options;
    let [before] = clusters;
    for (const [index, cluster] of clusters.entries()) {
      if (index === 0) continue;
      const inventory = { path: setting.inventories[index] ?? "", cluster };
      const title = `${basename(inventory.path)} is applied on top, while clients send requests`;
      const from = before;
      await this.#part(title, (recorded) => actions.change(from, inventory, recorded));
      await this.#nothingToChange(inventory);
      before = cluster;
    }
  }

  /** Right after an apply a plan must be empty: else no plan of this inventory could be trusted. */
  #nothingToChange(inventory: RehearsedInventory): Promise<void> {
    return this.#part("nothing is left to change", async (recorded) => {
      const left = await this.#options.actions.plan(inventory, recorded);
      if (left === 0) return;
      throw new TripodError("E_NOT_CONVERGED", `right after the apply, a plan finds ${left} changes again`, {
        hint: "see the plan above: either something on the hosts reverts these changes, or this is a bug in Tripod",
      });
    });
  }

  /** Runs one part and reports it, whether it succeeds or fails. A string that `work` returns is the part's result. */
  async #part(title: string, work: (recorded: OnRecord) => Promise<unknown>): Promise<void> {
    const { sink, signal, actions } = this.#options;
    const startedAt = Date.now();
    const records: string[] = [];
    const report = async (ok: boolean, result: unknown) => {
      const said = typeof result === "string" && result !== "" ? result : await actions.summary(records);
      sink({ type: "rehearsal.part", at: Date.now(), title, ms: Date.now() - startedAt, ok, said, records });
    };
    try {
      const result = await work((path) => void records.push(path));
      // An interrupted drill restores what it broke and ends normally: the part is no success.
      signal.throwIfAborted();
      await report(true, result);
    } catch (error) {
      const limit = error instanceof TripodError && error.code === "E_LIMIT";
      await report(false, limit ? "" : failureSentence(error));
      if (!limit) throw error;
      this.#exceeded.push(error);
    }
  }
}

/** What failed, in a sentence; of several failures the first. */
function failureSentence(error: unknown): string {
  const one = error instanceof TripodErrors ? error.errors[0] : error;
  if (!(one instanceof TripodError)) return error instanceof Error ? error.message : String(error);
  const { host, why } = one.details;
  return `${host ? `${host}: ` : ""}${one.message}${why ? `: ${why.trim().split("\n").join("; ")}` : ""}`;
}
