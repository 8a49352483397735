import type { Sample } from "./events.ts";

/** One attempt of a probe, in ms since the epoch. */
export interface Attempt {
  readonly from: number;
  readonly to: number;
  /** `null`: it succeeded. */
  readonly error: string | null;
}

/** A span of time, in ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An outage as a client sees it. All times in ms since the epoch, lengths in ms. */
export interface Outage extends Span {
  /** Times in which no request was answered: each from the sending of a failed request to the next good answer to any request. */
  readonly gaps: readonly Span[];
  /** The longest of these: the total outage. */
  readonly dark: Span;
  /** Length of the partial outage, in which some requests are answered: mostly it follows the total one. */
  readonly tail: number;
  readonly failed: number;
  /** Requests that were sent from the first failed one to the last failed one. */
  readonly asked: number;
  /** Number of failures of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** No request was answered until the measurement ended: the outage may have lasted longer. */
  readonly open: boolean;
}

/** Latency of good answers, ms. */
interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What one probe measured in a span of time. */
export interface Measured {
  readonly asked: number;
  readonly failed: number;
  readonly outages: readonly Outage[];
  /** ms: the longest outage, total and partial. 0 where there was none. */
  readonly longest: number;
  /** ms: all outages together. */
  readonly total: number;
  /** ms: the longest total outage, without any good answer. */
  readonly dark: number;
  /** ms: the longest partial outage. */
  readonly tail: number;
  /** Undefined where there was no good answer. */
  readonly latency: Latency | undefined;
}

/** Gaps that are less than this apart are one outage, ms. */
const CALM = 1000;

export function attempts(at: number, samples: readonly Sample[]): Attempt[] {
  return samples.map(([offset, ms, error]) => ({ from: at + offset, to: at + offset + ms, error }));
}

/**
 * Computes outages and latency from a probe's attempts, in any order. A request that was answered within its timeout is good, however long
 * it took: that shows in `latency`.
 * @param until when the measurement ended, ms since the epoch: what came later is ignored
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

/** Times of more than `most` ms in which a probe sent no request, because its machine was off or busy: an outage there would be missed. */
export function silences(unordered: readonly Attempt[], window: Span, most: number): Span[] {
  const sent = unordered.map(({ from }) => from).toSorted((one, other) => one - other);
  return [window.from, ...sent]
    .map((from, index) => ({ from, to: sent[index] ?? window.to }))
    .filter((span) => lengthOf(span) > most);
}

export function lengthOf({ from, to }: Span): number {
  return to - from;
}

/** @param ends the times of good answers, sorted */
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

/** The index of the first attempt that was sent at `time` or later. Binary search, because a drill has many thousands of them. */
function firstAt(asked: readonly Attempt[], time: number): number {
  let [low, high] = [0, asked.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((asked[middle]?.from ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By nearest rank, so that each is a measured value. */
function latencyOf(good: readonly Attempt[]): Latency | undefined {
  const took = good.map(lengthOf).toSorted((one, other) => one - other);
  const at = (share: number) => took[Math.ceil(took.length * share) - 1] ?? 0;
  return took.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
