import { z } from "zod";
import { json } from "./api.ts";
import { sendRequest, type Endpoint, NoAnswer, streamRequest } from "./client.ts";
import { every, now } from "./clock.ts";
import { METADATA } from "./objects.ts";

/** The most that an object of Kubernetes may have, with room for what the watch adds, characters. */
const LONGEST = 4 * 2 ** 20;

const list = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
});

const change = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]),
  object: z.object({ metadata: z.object({ name: z.string().optional(), resourceVersion: z.string() }) }),
});

export interface Watch {
  /** The running numbers that the watch has told. */
  readonly seen: ReadonlySet<number>;
  /** Expects this number to be told within the timeout. */
  readonly expect: (number: number, at: number) => void;
  readonly over: Promise<void>;
}

export interface WatchOptions {
  readonly namespace: string;
  readonly endpoint: Endpoint;
  /** ms */
  readonly interval: number;
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** An acknowledged write was told in time, or not (`timeout`). */
  readonly tell: (from: number, ms: number, error: string | null) => void;
}

/**
 * Watches the ledger as an impatient client does: one long answer through the VIP, that is asked for again from where it stood when it
 * breaks off, or when something that was written is not told within the timeout.
 */
export function openWatch({ namespace, endpoint, interval, timeout, signal, tell }: WatchOptions): Watch {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const seen = new Set<number>();
  const expected = new Map<number, number>();
  /** What was not told in time, and not since. */
  const overdue = new Set<number>();
  let version = "";
  let stream: { readonly since: number; readonly abort: () => void } | undefined;

  function told(line: string): void {
    const { success, data } = change.safeParse(json(line));
    // An error, as that it is too old to go on from, or nothing that can be understood: the list is asked for again.
    version = success ? data.object.metadata.resourceVersion : "";
    if (!success) return;
    const { type, object } = data;
    const number = Number(object.metadata.name?.slice(2));
    if (type === "ADDED" && !Number.isNaN(number)) tellOf(number);
  }

  function tellOf(number: number): void {
    seen.add(number);
    overdue.delete(number);
    const at = expected.get(number);
    if (at === undefined) return;
    expected.delete(number);
    tell(at, now() - at, null);
  }

  /** What every client does that cannot go on from where it stood: what it missed, it finds in the list. */
  async function catchUp(over: AbortSignal): Promise<void> {
    const { status, body } = await sendRequest(endpoint, { path, accept: METADATA }, over);
    if (status !== 200) return;
    const { metadata, items } = list.parse(json(body));
    for (const { metadata: found } of items) if (found.name.startsWith("n-")) tellOf(Number(found.name.slice(2)));
    version = metadata.resourceVersion;
  }

  async function follow(over: AbortSignal): Promise<void> {
    if (version === "") await catchUp(over);
    if (version === "") return;
    let rest = "";
    const from = `${path}?watch=1&allowWatchBookmarks=true&resourceVersion=${version}`;
    await streamRequest(endpoint, { path: from }, over, (text, status) => {
      if (status !== 200) return;
      rest += text;
      if (text.includes("\n")) {
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line) told(line);
      }
      if (rest.length > LONGEST) throw new NoAnswer("too long");
    });
  }

  const over = every(interval, signal, () => {
    const late = [...expected].filter(([, at]) => at + timeout <= now());
    for (const [number, at] of late) {
      expected.delete(number);
      overdue.add(number);
      tell(at, timeout, "timeout");
    }
    // One that was asked for a moment ago may yet tell what the last one did not.
    if (overdue.size > 0 && stream && stream.since + timeout <= now()) stream.abort();
    if (stream) return;
    const mine = new AbortController();
    stream = { since: now(), abort: () => mine.abort() };
    // However it ended, it is asked for again at the next beat.
    void follow(AbortSignal.any([signal, mine.signal]))
      .catch(() => undefined)
      .finally(() => (stream = undefined));
  });

  return {
    seen,
    expect(number, at) {
      if (seen.has(number)) tell(at, 0, null);
      else expected.set(number, at);
    },
    over,
  };
}
