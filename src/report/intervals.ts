/** A span of time, ms. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The length of the union of the intervals, ms. */
export function lengthOfUnion(intervals: readonly Interval[]): number {
  let length = 0;
  let reached = -Infinity;
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    if (end <= reached) continue;
    length += end - Math.max(start, reached);
    reached = end;
  }
  return length;
}
