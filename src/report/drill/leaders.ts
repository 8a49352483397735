import type { DrillEvent } from "../../drills/events.ts";
import { clipped } from "../../drills/holders.ts";
import type { Span } from "../../drills/outages.ts";

/** A time in which a master's etcd member led. */
export interface Led extends Span {
  readonly host: string;
  readonly term: number | undefined;
}

type Said = Extract<DrillEvent, { readonly type: "etcd" }>;

/**
 * Who led etcd when, clipped to a stretch of time. The member that speaks of the latest term is right: one that is cut off believes in
 * the old leader, or in itself, until it hears of the new one (https://raft.github.io/raft.pdf, 5.1).
 */
export function leadersOf(events: readonly DrillEvent[], window: Span): Led[] {
  const members = new Map<string, Said>();
  const led: (Led & { to: number })[] = [];
  let current: (Led & { to: number }) | undefined;
  const said = events.filter((event) => event.type === "etcd").toSorted((one, other) => one.at - other.at);
  for (const event of said) {
    members.set(event.host, event);
    const { leader: host, term } = latest([...members.values()]) ?? {};
    if (current) current.to = event.at;
    if (current?.host === host && current?.term === term) continue;
    current = host === undefined ? undefined : { host, term, from: event.at, to: event.at };
    if (current) led.push(current);
  }
  if (current) current.to = window.to;
  return led.flatMap(({ host, term, ...span }) => clipped(span, window).map((part) => ({ host, term, ...part })));
}

/** How often etcd began a new term: each is an election, also one that the same member won again. */
export function termChangesOf(led: readonly Led[]): number {
  return led.slice(1).filter(({ term }, index) => term !== led[index]?.term).length;
}

function latest(members: readonly Said[]): Said | undefined {
  return members
    .filter(({ healthy, leader }) => healthy && leader !== undefined)
    .toSorted((one, other) => (other.term ?? 0) - (one.term ?? 0))[0];
}
