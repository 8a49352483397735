import { clock } from "../../facts/clock.ts";
import type { Host } from "../../host.ts";
import { isLeader } from "../leader.ts";
import type { Check } from "./check.ts";

/** How far apart two clocks may be, ms. Certificates and leases are told by them. */
const MOST = 1000;
/** How far the operator's may be from the hosts', ms: new certificates are dated five minutes back, and a token of a join lives for an hour. */
const OPERATORS_CLOCK = 60_000;
/** Of so many others a message names each. */
const SHOWN = 8;

/** A host's clock, ms ahead of the operator's, as it may be at the least and at the most. */
interface Reading {
  readonly name: string;
  readonly place: number;
  readonly offset: number;
  readonly least: number;
  readonly most: number;
}

/**
 * The hosts whose clocks are apart from most others, by name: of three, the one that is wrong. Each with those it is apart from, in words.
 * Clocks in order tell of each how many are before and behind it; not every two of them are compared.
 */
export function clocksApart(hosts: readonly Host[]): ReadonlyMap<string, readonly string[]> {
  const readings = hosts.map((host, place): Reading => {
    const { offset, uncertainty } = host.fact(clock);
    return { name: host.name, place, offset, least: offset - uncertainty, most: offset + uncertainty };
  });
  const byLeast = readings.toSorted((one, other) => one.least - other.least);
  const byMost = readings.toSorted((one, other) => one.most - other.most);
  const counted = readings.map((own) => {
    const before = firstWhere(byMost, ({ most }) => own.least - most <= MOST);
    const after = firstWhere(byLeast, ({ least }) => least - own.most > MOST);
    return { own, before, after, count: before + byLeast.length - after };
  });
  const worst = counted.reduce((most, { count }) => Math.max(most, count), 1);
  const told = counted.filter(({ count }) => count === worst);
  return new Map(
    told.map(({ own, before, after, count }): [string, readonly string[]] => {
      const some = [...byMost.slice(0, Math.min(before, SHOWN)), ...byLeast.slice(after, after + SHOWN)];
      const shown = some
        .toSorted((one, other) => one.place - other.place)
        .slice(0, SHOWN)
        .map(({ name, offset }) => `${name} by ${(Math.abs(offset - own.offset) / 1000).toFixed(1)} s`);
      return [own.name, count > shown.length ? [...shown, `${count - shown.length} more`] : shown];
    }),
  );
}

/** The first place in an ordered list from which on it holds; the list's length where it holds nowhere. */
function firstWhere<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(list[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Certificates and tokens are dated by the operator's clock. Where most hosts agree that it is wrong, it is; where one does, `clocks` tells. */
export const operatorClock: Check = {
  name: "the operator's clock",
  examine(host, context) {
    if (!isLeader(host, context)) return [];
    const { hosts } = context;
    const wrong = hosts.filter((each) => {
      const { offset, uncertainty } = each.fact(clock);
      return Math.abs(offset) - uncertainty > OPERATORS_CLOCK;
    });
    if (wrong.length * 2 <= hosts.length) return [];
    const told = wrong
      .slice(0, SHOWN)
      .map((each) => `${each.name}: this machine is ${aheadOrBehind(each.fact(clock).offset)}`);
    return [
      {
        ofCluster: true,
        message: "the clock of the machine that Tripod runs on is not that of the hosts",
        why: told.join("\n"),
        hint: "set it (`timedatectl set-ntp true`), then run again: what is signed here is dated by it",
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
