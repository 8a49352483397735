import { clock } from "../../facts/clock.ts";
import type { Host } from "../../host.ts";
import { isLeader } from "../leader.ts";
import type { Check } from "./check.ts";

/** How much two clocks may differ, ms. Certificates and leases depend on them. */
const MAX_DIFFERENCE = 1000;
/** How much the operator's clock may differ from the hosts', ms: new certificates are dated five minutes back, and a bootstrap token lives for an hour. */
const MAX_OPERATOR_DIFFERENCE = 60_000;
/** A message names at most this many other hosts. */
const SHOWN = 8;

/** A host's clock, ms ahead of the operator's, with its lower and upper bound. */
interface Reading {
  readonly name: string;
  readonly place: number;
  readonly offset: number;
  readonly least: number;
  readonly most: number;
}

/**
 * The hosts whose clocks differ from most others', by name: of three, the one that is wrong. Each with the hosts it differs from, as text.
 * Sorted readings give the number of clocks before and behind each one, so not every pair is compared.
 */
export function differingClocks(hosts: readonly Host[]): ReadonlyMap<string, readonly string[]> {
  const readings = hosts.map((host, place): Reading => {
    const { offset, uncertainty } = host.fact(clock);
    return { name: host.name, place, offset, least: offset - uncertainty, most: offset + uncertainty };
  });
  const byLeast = readings.toSorted((one, other) => one.least - other.least);
  const byMost = readings.toSorted((one, other) => one.most - other.most);
  const counted = readings.map((own) => {
    const before = firstWhere(byMost, ({ most }) => own.least - most <= MAX_DIFFERENCE);
    const after = firstWhere(byLeast, ({ least }) => least - own.most > MAX_DIFFERENCE);
    return { own, before, after, count: before + byLeast.length - after };
  });
  const worst = counted.reduce((most, { count }) => Math.max(most, count), 1);
  const listed = counted.filter(({ count }) => count === worst);
  return new Map(
    listed.map(({ own, before, after, count }): [string, readonly string[]] => {
      const some = [...byMost.slice(0, Math.min(before, SHOWN)), ...byLeast.slice(after, after + SHOWN)];
      const shown = some
        .toSorted((one, other) => one.place - other.place)
        .slice(0, SHOWN)
        .map(({ name, offset }) => `${name} by ${(Math.abs(offset - own.offset) / 1000).toFixed(1)} s`);
      return [own.name, count > shown.length ? [...shown, `${count - shown.length} more`] : shown];
    }),
  );
}

/** The first index of a sorted list from which on the predicate holds; the list's length where it holds nowhere. */
function firstWhere<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(list[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Certificates and tokens are dated by the operator's clock. It is wrong where it differs from most hosts'; where it differs from a few, `clocks` reports those. */
export const operatorClock: Check = {
  name: "operator-clock",
  title: "The clock of the machine that Tripod runs on differs from most hosts' by a minute at most",
  examine(host, context) {
    if (!isLeader(host, context)) return [];
    const { hosts } = context;
    const wrong = hosts.filter((each) => {
      const { offset, uncertainty } = each.fact(clock);
      return Math.abs(offset) - uncertainty > MAX_OPERATOR_DIFFERENCE;
    });
    if (wrong.length * 2 <= hosts.length) return [];
    const listed = wrong
      .slice(0, SHOWN)
      .map((each) => `${each.name}: this machine is ${aheadOrBehind(each.fact(clock).offset)}`);
    return [
      {
        ofCluster: true,
        message: "the clock of the machine that Tripod runs on differs from the hosts' clocks",
        why: listed.join("\n"),
        hint: "set this machine's clock (`timedatectl set-ntp true`), then run the same command again: certificates are dated by it",
      },
    ];
  },
};

/** @param offset ms by which a host's clock is ahead of the operator's */
function aheadOrBehind(offset: number): string {
  const seconds = Math.round(Math.abs(offset) / 1000);
  const length = seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
  return `${length} ${offset < 0 ? "ahead" : "behind"}`;
}
