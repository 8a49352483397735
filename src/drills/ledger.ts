import { z } from "zod";
import type { Condition } from "../condition.ts";
import type { Api } from "./api.ts";
import { ask, type Door, NoAnswer } from "./client.ts";
import { now } from "./clock.ts";
import type { LedgerResult } from "./events.ts";
import { entryObject, METADATA } from "./objects.ts";

interface Entry {
  readonly number: number;
  readonly scenario: number;
  readonly from: number;
  /** When it was acknowledged. */
  to?: number;
  /** Nobody waits for an answer any more. */
  over?: boolean;
}

/** A write is a ConfigMap with a running number. What was acknowledged must be there in the end, and in the order in which it was. */
export interface Ledger {
  /** Makes one write that is never repeated. @throws NoAnswer where it was not acknowledged */
  write(signal: AbortSignal): Promise<void>;
  /** From now on writes belong to this scenario. */
  turnTo(scenario: number): void;
  current(): number;
  /** No write of a scenario waits for its answer, and everything acknowledged has been told by the watch. */
  settled(scenario: number, seen: ReadonlySet<number>, within: number): Condition;
  /** Looks for everything a scenario wrote. @throws TripodError E_COMMAND where the API does not answer */
  audit(scenario: number, seen: ReadonlySet<number>): Promise<LedgerResult>;
  /** Told each acknowledged number, and when. */
  acknowledged?: (number: number, at: number) => void;
}

const listed = z.object({
  metadata: z.object({ continue: z.string().optional() }),
  items: z.array(z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string() }) })),
});

export function openLedger(namespace: string, door: Door, api: Api): Ledger {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const entries: Entry[] = [];
  let current = 0;

  const ledger: Ledger = {
    async write(signal) {
      const entry: Entry = { number: entries.length + 1, scenario: current, from: now() };
      entries.push(entry);
      const body = entryObject(namespace, entry.number, entry.scenario);
      try {
        const { status } = await ask(door, { method: "POST", path, body }, signal);
        if (status !== 201) throw new NoAnswer(String(status));
        entry.to = now();
        ledger.acknowledged?.(entry.number, entry.to);
      } finally {
        entry.over = true;
      }
    },
    turnTo: (scenario) => (current = scenario),
    current: () => current,
    settled: (scenario, seen, within) => ({
      title: "the last writes are answered, and told by the watch",
      within,
      holds() {
        const open = entries.filter((entry) => entry.scenario === scenario && !entry.over).length;
        const untold = entries.filter(
          ({ scenario: of, number, to }) => of === scenario && to && !seen.has(number),
        ).length;
        return Promise.resolve((open === 0 && untold === 0) || `${open} wait for an answer, ${untold} are not told`);
      },
    }),
    async audit(scenario, seen) {
      // As it stands now: what is acknowledged while the list is on its way need not be in it.
      const own = entries.filter((entry) => entry.scenario === scenario).map((entry) => ({ ...entry }));
      const found = await list(api, `${path}?labelSelector=scenario%3D${scenario}&limit=500`);
      return compare(own, found, seen);
    },
  };
  return ledger;
}

/** @returns the resource version, which is etcd's revision, of each number that is there */
async function list(api: Api, path: string): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  let more: string | undefined = "";
  while (more !== undefined) {
    const from: string = more ? `${path}&continue=${more}` : path;
    const page: z.infer<typeof listed> = await api.get({ path: from, accept: METADATA }, listed);
    for (const { metadata } of page.items) found.set(Number(metadata.name.slice(2)), Number(metadata.resourceVersion));
    more = page.metadata.continue ? encodeURIComponent(page.metadata.continue) : undefined;
  }
  return found;
}

/** Pure: what was written against what is there. */
export function compare(
  entries: readonly Entry[],
  found: ReadonlyMap<number, number>,
  seen: ReadonlySet<number>,
): LedgerResult {
  const acknowledged = entries.filter(({ to }) => to !== undefined);
  return {
    attempted: entries.length,
    acknowledged: acknowledged.length,
    unacknowledgedThere: entries.filter(({ number, to }) => to === undefined && found.has(number)).length,
    lost: acknowledged.flatMap(({ number }) => (found.has(number) ? [] : [number])),
    outOfOrder: outOfOrder(acknowledged, found),
    unseen: acknowledged.flatMap(({ number }) => (seen.has(number) ? [] : [number])),
  };
}

/** Who began after another was acknowledged must have the later revision: the order of time, as far as a client can know it. */
function outOfOrder(acknowledged: readonly Entry[], found: ReadonlyMap<number, number>): number[] {
  const ended = acknowledged.toSorted((one, other) => (one.to ?? 0) - (other.to ?? 0));
  let latest = 0;
  let next = 0;
  return acknowledged
    .toSorted((one, other) => one.from - other.from)
    .flatMap(({ number, from }) => {
      for (; (ended[next]?.to ?? Infinity) < from; next++)
        latest = Math.max(latest, found.get(ended[next]?.number ?? 0) ?? 0);
      return (found.get(number) ?? Infinity) < latest ? [number] : [];
    });
}
