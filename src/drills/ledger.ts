import { z } from "zod";
import type { Condition } from "../condition.ts";
import type { Api } from "./api.ts";
import { sendRequest, type Destination, NoAnswer } from "./client.ts";
import { now } from "./clock.ts";
import type { LedgerResult } from "./events.ts";
import { entryObject, METADATA } from "./objects.ts";

interface Entry {
  readonly number: number;
  readonly scenario: number;
  readonly from: number;
  /** When it was acknowledged. */
  to?: number;
  /** The request has ended, with or without an answer. */
  over?: boolean;
}

/** Writes ConfigMaps with running numbers. Each acknowledged one has to be present at the end, in the order of acknowledgement. */
export interface Ledger {
  /** Sends one write, which is never repeated. @throws NoAnswer where it was not acknowledged */
  write(signal: AbortSignal): Promise<void>;
  /** Writes that are sent from now on belong to this scenario. */
  startScenario(scenario: number): void;
  currentScenario(): number;
  /** All writes of a scenario have ended, and the watch has reported every acknowledged one. */
  settled(scenario: number, seen: ReadonlySet<number>, within: number): Condition;
  /** Lists everything that a scenario wrote. @throws TripodError E_COMMAND where the API does not answer */
  audit(scenario: number, seen: ReadonlySet<number>): Promise<LedgerResult>;
  /** Called for each acknowledged number, with the time. */
  acknowledged?: (number: number, at: number) => void;
}

const listed = z.object({
  metadata: z.object({ continue: z.string().optional() }),
  items: z.array(z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string() }) })),
});

export function openLedger(namespace: string, endpoint: Destination, api: Api): Ledger {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const entries: Entry[] = [];
  let current = 0;

  const ledger: Ledger = {
    async write(signal) {
      const entry: Entry = { number: entries.length + 1, scenario: current, from: now() };
      entries.push(entry);
      const body = entryObject(namespace, entry.number, entry.scenario);
      try {
        const { status } = await sendRequest(endpoint, { method: "POST", path, body }, signal);
        if (status !== 201) throw new NoAnswer(String(status));
        entry.to = now();
        ledger.acknowledged?.(entry.number, entry.to);
      } finally {
        entry.over = true;
      }
    },
    startScenario: (scenario) => (current = scenario),
    currentScenario: () => current,
    settled: (scenario, seen, within) => ({
      title: "the last writes are answered and reported by the watch",
      within,
      holds() {
        const open = entries.filter((entry) => entry.scenario === scenario && !entry.over).length;
        const unreported = entries.filter(
          ({ scenario: of, number, to }) => of === scenario && to && !seen.has(number),
        ).length;
        return Promise.resolve((open === 0 && unreported === 0) || `${open} not answered, ${unreported} not reported`);
      },
    }),
    async audit(scenario, seen) {
      // A copy: what is acknowledged while the list is read need not be in it.
      const own = entries.filter((entry) => entry.scenario === scenario).map((entry) => ({ ...entry }));
      const found = await list(api, `${path}?labelSelector=scenario%3D${scenario}&limit=500`);
      return compare(own, found, seen);
    },
  };
  return ledger;
}

/** @returns the resource version, which is etcd's revision, of each number that is present */
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

/** Compares what was written with what is present. @internal exported for its test */
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

/** A write that was sent after another was acknowledged must have the higher revision: a client can know no more about their order. */
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
