import { z } from "zod";
import { json } from "./api.ts";
import { sendRequest, type Destination, NoAnswer, streamRequest } from "./client.ts";
import { every, now } from "./clock.ts";
import { METADATA } from "./objects.ts";

/** The largest line that is accepted, characters: Kubernetes allows objects of about 1.5 MiB. */
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
  /** The running numbers that the watch has reported. */
  readonly seen: ReadonlySet<number>;
  /** Expects this number to be reported within the timeout. */
  readonly expect: (number: number, at: number) => void;
  readonly over: Promise<void>;
}

export interface WatchOptions {
  readonly namespace: string;
  readonly endpoint: Destination;
  /** ms */
  readonly interval: number;
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** An acknowledged write was reported in time, or not (`timeout`). */
  readonly report: (from: number, ms: number, error: string | null) => void;
}

/**
 * Watches the ledger as an impatient client does: one long answer through the VIP, that is requested again from its last version when it
 * breaks off, or when something that was written is not reported within the timeout.
 */
export function openWatch(options: WatchOptions): Watch {
  return new LedgerWatch(options);
}

class LedgerWatch implements Watch {
  readonly seen = new Set<number>();
  readonly over: Promise<void>;
  readonly #options: WatchOptions;
  readonly #path: string;
  /** Numbers that have to be reported, and since when. */
  readonly #expected = new Map<number, number>();
  /** What was not reported in time, and not since. */
  readonly #overdue = new Set<number>();
  /** The resource version to continue from; empty where the list has to be read first. */
  #version = "";
  #stream: { readonly since: number; readonly abort: () => void } | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#path = `/api/v1/namespaces/${options.namespace}/configmaps`;
    this.over = every(options.interval, options.signal, () => {
      this.#countLate();
      this.#keepStreaming();
    });
  }

  readonly expect = (number: number, at: number): void => {
    if (this.seen.has(number)) this.#options.report(at, 0, null);
    else this.#expected.set(number, at);
  };

  #countLate(): void {
    const { timeout, report } = this.#options;
    const late = [...this.#expected].filter(([, at]) => at + timeout <= now());
    for (const [number, at] of late) {
      this.#expected.delete(number);
      this.#overdue.add(number);
      report(at, timeout, "timeout");
    }
  }

  #keepStreaming(): void {
    const { timeout, signal } = this.#options;
    // A stream that began a moment ago may yet report what the last one did not.
    if (this.#overdue.size > 0 && this.#stream && this.#stream.since + timeout <= now()) this.#stream.abort();
    if (this.#stream) return;
    const mine = new AbortController();
    this.#stream = { since: now(), abort: () => mine.abort() };
    // However it ended, the next tick starts another.
    void this.#follow(AbortSignal.any([signal, mine.signal]))
      .catch(() => undefined)
      .finally(() => (this.#stream = undefined));
  }

  async #follow(signal: AbortSignal): Promise<void> {
    if (this.#version === "") await this.#catchUp(signal);
    if (this.#version === "") return;
    let rest = "";
    const path = `${this.#path}?watch=1&allowWatchBookmarks=true&resourceVersion=${this.#version}`;
    await streamRequest(this.#options.endpoint, { path }, signal, (text, status) => {
      if (status !== 200) return;
      rest += text;
      if (text.includes("\n")) {
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line) this.#read(line);
      }
      if (rest.length > LONGEST) throw new NoAnswer("too long");
    });
  }

  /** What every client does that cannot continue from its last version: what it missed is in the list. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    const { status, body } = await sendRequest(this.#options.endpoint, { path: this.#path, accept: METADATA }, signal);
    if (status !== 200) return;
    const { metadata, items } = list.parse(json(body));
    for (const { metadata: found } of items)
      if (found.name.startsWith("n-")) this.#reported(Number(found.name.slice(2)));
    this.#version = metadata.resourceVersion;
  }

  #read(line: string): void {
    const { success, data } = change.safeParse(json(line));
    // An error, for instance that the version is too old, or nothing that can be parsed: the list is requested again.
    this.#version = success ? data.object.metadata.resourceVersion : "";
    if (!success) return;
    const { type, object } = data;
    const number = Number(object.metadata.name?.slice(2));
    if (type === "ADDED" && !Number.isNaN(number)) this.#reported(number);
  }

  #reported(number: number): void {
    this.seen.add(number);
    this.#overdue.delete(number);
    const at = this.#expected.get(number);
    if (at === undefined) return;
    this.#expected.delete(number);
    this.#options.report(at, now() - at, null);
  }
}
