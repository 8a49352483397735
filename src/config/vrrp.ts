import { TripodError } from "../errors.ts";

/** By how much a failing check lowers a master's priority. */
export const CHECK_WEIGHT = -100;

const HIGHEST = 250;
const STEP = 10;

/**
 * The VRRP priorities of this many masters, in their order: 250, 240, 230 … Ten apart, because the wait before a takeover depends
 * on the priority (RFC 5798, 6.1): no two backups take over at the same moment.
 */
export function vrrpPriorities(masters: number): readonly number[] {
  const priorities = Array.from({ length: masters }, (_, position) => HIGHEST - position * STEP);
  assertCheckDecides(priorities, CHECK_WEIGHT);
  return priorities;
}

/**
 * Throws E_INVENTORY unless the highest priority with a failing check is below the lowest of a healthy master, all priorities are distinct
 * and all stay within VRRP's 1–254.
 * @internal exported for its test
 */
export function assertCheckDecides(priorities: readonly number[], weight: number): void {
  const highest = Math.max(...priorities);
  const lowest = Math.min(...priorities);
  const fail = (why: string) => {
    throw new TripodError("E_INVENTORY", "these masters cannot get valid VRRP priorities", {
      why,
      hint: "use fewer masters: three or five are enough",
    });
  };
  if (new Set(priorities).size < priorities.length) fail("two masters have the same priority: both would take the VIP");
  if (highest + weight >= lowest)
    fail(`a failing check lowers ${highest} by ${-weight}, which is not below a healthy master's ${lowest}`);
  if (highest > 254 || lowest + weight < 1)
    fail(`the priorities ${lowest + weight} to ${highest} are not within 1 to 254`);
}
