import type { DrillEvent } from "../../drills/events.ts";
import { clipped } from "../../drills/holders.ts";
import type { Span } from "../../drills/outages.ts";

/** A time in which a master's etcd member led. */
export interface Led extends Span {
  readonly host: string;
  readonly term: number | undefined;
}

type MemberStatus = Extract<DrillEvent, { readonly type: "etcd" }>;

/**
 * Which member led etcd and when, clipped to a window. The member with the latest term is right: one that is cut off follows the old
 * leader, or itself, until it learns of the new one (https://raft.github.io/raft.pdf, 5.1).
 */
export function leadersOf(events: readonly DrillEvent[], window: Span): Led[] {
  const members = new Map<string, MemberStatus>();
  const led: (Led & { to: number })[] = [];
  let current: (Led & { to: number }) | undefined;
  const statuses = events.filter((event) => event.type === "etcd").toSorted((one, other) => one.at - other.at);
  for (const event of statuses) {
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

/** Number of new terms: each is an election, even if the same member wins it again. */
export function termChangesOf(led: readonly Led[]): number {
  return led.slice(1).filter(({ term }, index) => term !== led[index]?.term).length;
}

function latest(members: readonly MemberStatus[]): MemberStatus | undefined {
  return members
    .filter(({ healthy, leader }) => healthy && leader !== undefined)
    .toSorted((one, other) => (other.term ?? 0) - (one.term ?? 0))[0];
}
