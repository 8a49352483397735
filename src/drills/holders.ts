import type { DrillEvent } from "./events.ts";
import { lengthOf, type Span } from "./outages.ts";

/** A time in which a master held the VIP. */
export interface Held extends Span {
  readonly host: string;
}

/** Which masters held the VIP and when, clipped to a window, in the order in which they took it. */
export function holdersOf(events: readonly DrillEvent[], window: Span): Held[] {
  const since = new Map<string, number>();
  const held: Held[] = [];
  const changes = events.filter((event) => event.type === "vip").toSorted((one, other) => one.at - other.at);
  for (const { at, host, held: takes } of changes) {
    const from = since.get(host);
    if (takes && from === undefined) since.set(host, at);
    if (takes || from === undefined) continue;
    held.push({ host, from, to: at });
    since.delete(host);
  }
  for (const [host, from] of since) held.push({ host, from, to: window.to });
  return held
    .flatMap(({ host, ...span }) => clipped(span, window).map((part) => ({ host, ...part })))
    .toSorted((one, other) => one.from - other.from);
}

/** A time in which two or more masters held the VIP at once. */
export interface Overlap extends Span {
  readonly hosts: readonly string[];
}

export function overlapsOf(held: readonly Held[]): Overlap[] {
  const edges = [...new Set(held.flatMap(({ from, to }) => [from, to]))].toSorted((one, other) => one - other);
  const spans: { from: number; to: number; hosts: Set<string> }[] = [];
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1] ?? from;
    const hosts = held.filter((each) => each.from <= from && each.to >= to && to > from).map(({ host }) => host);
    if (hosts.length < 2) continue;
    const last = spans.at(-1);
    if (last?.to !== from) spans.push({ from, to, hosts: new Set(hosts) });
    else Object.assign(last, { to, hosts: new Set([...last.hosts, ...hosts]) });
  }
  return spans.map((span) => ({ ...span, hosts: [...span.hosts] }));
}

/** The parts of a window that no span covers. */
export function uncovered(held: readonly Span[], window: Span): Span[] {
  let reached = window.from;
  const spans: Span[] = [];
  for (const { from, to } of held) {
    if (from > reached) spans.push({ from: reached, to: from });
    reached = Math.max(reached, to);
  }
  return reached < window.to ? [...spans, { from: reached, to: window.to }] : spans;
}

/** The part of a span that lies within another; empty where they do not overlap. */
export function clipped(span: Span, within: Span): Span[] {
  const part = { from: Math.max(span.from, within.from), to: Math.min(span.to, within.to) };
  return lengthOf(part) > 0 ? [part] : [];
}
