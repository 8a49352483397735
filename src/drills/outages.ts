import type { Sample } from "./events.ts";

/** One attempt of a probe, in ms since the epoch. */
export interface Attempt {
  readonly from: number;
  readonly to: number;
  /** `null`: answered as it should be. */
  readonly error: string | null;
}

/** A stretch of time, in ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A disturbance as a client feels it. All times in ms since the epoch, lengths in ms. */
export interface Outage extends Span {
  /** Times in which nobody was answered: each from the sending of a request that failed to the next good answer to anybody. */
  readonly gaps: readonly Span[];
  /** The longest of these. */
  readonly dark: Span;
  /** The outage without its dark time: some requests are answered, some are not. Mostly it comes after the dark. */
  readonly tail: number;
  readonly failed: number;
  /** Requests that were sent from the first that failed to the last that did. */
  readonly asked: number;
  /** How often each kind of failure was seen. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Nobody was answered until the measuring ended: how long it would have lasted is unknown. */
  readonly open: boolean;
}

/** ms that good answers took */
interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What was seen of one probe in a stretch of time. */
export interface Measured {
  readonly asked: number;
  readonly failed: number;
  readonly outages: readonly Outage[];
  /** ms: the longest outage; its dark part and its tail are in it. 0 where there was none. */
  readonly longest: number;
  /** ms: all outages together. */
  readonly total: number;
  /** ms: the longest time without any good answer. */
  readonly dark: number;
  /** ms: the longest tail. */
  readonly tail: number;
  /** Undefined where there was no good answer. */
  readonly latency: Latency | undefined;
}

/** Disturbances that are less than this apart are one, ms. */
const CALM = 1000;

export function attempts(at: number, samples: readonly Sample[]): Attempt[] {
  return samples.map(([offset, ms, error]) => ({ from: at + offset, to: at + offset + ms, error }));
}

/**
 * What a probe's attempts tell, in whatever order they came. A request that was answered within its timeout is good, however long that
 * took: `latency` tells of it.
 * @param until when the measuring ended, ms since the epoch: what came later is not looked at
 */
export function measure(unordered: readonly Attempt[], until: number): Measured {
  const asked = unordered.filter(({ from }) => from <= until).toSorted((one, other) => one.from - other.from);
  const good = asked.filter(({ error, to }) => error === null && to <= until);
  const failed = asked.filter(({ error }) => error !== null);
  const ends = good.map(({ to }) => to).toSorted((one, other) => one - other);
  const outages = grouped(gapsOf(failed, ends, until)).map((gaps) => outageOf(gaps, asked, ends, until));
  const lengths = outages.map(lengthOf);
  return {
    asked: asked.length,
    failed: failed.length,
    outages,
    longest: Math.max(0, ...lengths),
    total: lengths.reduce((sum, length) => sum + length, 0),
    dark: Math.max(0, ...outages.map(({ dark }) => lengthOf(dark))),
    tail: Math.max(0, ...outages.map(({ tail }) => tail)),
    latency: latencyOf(good),
  };
}

/** Times in which a probe did not ask for longer than `most` ms, because its machine was off or busy: an outage could hide there. */
export function silences(unordered: readonly Attempt[], window: Span, most: number): Span[] {
  const sent = unordered.map(({ from }) => from).toSorted((one, other) => one - other);
  return [window.from, ...sent]
    .map((from, index) => ({ from, to: sent[index] ?? window.to }))
    .filter((span) => lengthOf(span) > most);
}

export function lengthOf({ from, to }: Span): number {
  return to - from;
}

/** @param ends when good answers came, in order */
function gapsOf(failed: readonly Attempt[], ends: readonly number[], until: number): Span[] {
  const gaps: Span[] = [];
  let next = 0;
  for (const { from } of failed) {
    if (from < (gaps.at(-1)?.to ?? -Infinity)) continue;
    while ((ends[next] ?? Infinity) <= from) next++;
    gaps.push({ from, to: ends[next] ?? until });
  }
  return gaps;
}

function grouped(gaps: readonly Span[]): Span[][] {
  const groups: Span[][] = [];
  for (const gap of gaps) {
    const last = groups.at(-1);
    if (last && gap.from - (last.at(-1)?.to ?? 0) < CALM) last.push(gap);
    else groups.push([gap]);
  }
  return groups;
}

function outageOf(gaps: readonly Span[], asked: readonly Attempt[], ends: readonly number[], until: number): Outage {
  const from = gaps[0]?.from ?? 0;
  const to = gaps.at(-1)?.to ?? from;
  const dark = gaps.reduce((longest, gap) => (lengthOf(gap) > lengthOf(longest) ? gap : longest));
  const open = to === until && ends.at(-1) !== to;
  const during = asked.slice(firstAt(asked, from), open ? undefined : firstAt(asked, to));
  const within = during.slice(0, during.findLastIndex(({ error }) => error !== null) + 1);
  const kinds: Record<string, number> = {};
  for (const { error } of within) if (error !== null) kinds[error] = (kinds[error] ?? 0) + 1;
  const failed = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  return { from, to, gaps, dark, tail: to - from - lengthOf(dark), failed, asked: within.length, kinds, open };
}

/** The index of the first attempt that was sent at a time or later: by bisection, because a drill has many thousands of them. */
function firstAt(asked: readonly Attempt[], time: number): number {
  let [low, high] = [0, asked.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((asked[middle]?.from ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By nearest rank, so that each is a time that was measured. */
function latencyOf(good: readonly Attempt[]): Latency | undefined {
  const took = good.map(lengthOf).toSorted((one, other) => one - other);
  const at = (share: number) => took[Math.ceil(took.length * share) - 1] ?? 0;
  return took.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
