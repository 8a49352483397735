import { TripodError } from "../errors.ts";

/** What a failing check takes from a master's priority. */
export const CHECK_WEIGHT = -100;

const HIGHEST = 250;
const STEP = 10;

/**
 * The VRRP priorities of this many masters, in their order: 250, 240, 230 … Ten apart, because the wait before a take-over shrinks
 * with the priority (RFC 5798, 6.1): no two backups wake in the same moment.
 */
export function vrrpPriorities(masters: number): readonly number[] {
  const priorities = Array.from({ length: masters }, (_, position) => HIGHEST - position * STEP);
  assertCheckDecides(priorities, CHECK_WEIGHT);
  return priorities;
}

/**
 * Throws E_INVENTORY unless the highest master with a failing check ends below the lowest healthy one, all priorities are distinct
 * and all stay within VRRP's 1–254.
 */
export function assertCheckDecides(priorities: readonly number[], weight: number): void {
  const highest = Math.max(...priorities);
  const lowest = Math.min(...priorities);
  const fail = (why: string) => {
    throw new TripodError("E_INVENTORY", "these masters have no VRRP priorities that work", { why });
  };
  if (new Set(priorities).size < priorities.length) fail("two masters have the same priority: both would take the VIP");
  if (highest + weight >= lowest)
    fail(`a failing check takes ${-weight} from ${highest}; a healthy master at ${lowest} would still not win`);
  if (highest > 254 || lowest + weight < 1) fail(`${lowest + weight} to ${highest} is not within 1 to 254`);
}
