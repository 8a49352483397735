import { TripodError, TripodErrors } from "../errors.ts";
import type { Unfinished } from "./stopped.ts";
import type { Tally } from "./site.ts";

/** What the steps of a run leave behind. */
export interface Results {
  readonly total: Tally;
  /** What failed steps have thrown. */
  readonly failures: unknown[];
  /** The steps that a stopped run did not complete. */
  readonly unfinished: Unfinished[];
  /** Number of left out steps that a narrowed plan needs and that are not done. */
  unmet: number;
}

export function noResults(): Results {
  return { total: { changed: 0, unchanged: 0 }, failures: [], unfinished: [], unmet: 0 };
}

/** One error per distinct failure: several steps may have failed with the same promise. */
export function collected(failures: readonly unknown[]): unknown {
  const distinct = [...new Set(failures)].flatMap((failure) =>
    failure instanceof TripodErrors ? failure.errors : [failure],
  );
  const bug = distinct.find((failure) => !(failure instanceof TripodError));
  if (bug) return bug;
  const errors = distinct as TripodError[];
  if (errors.length === 1) return errors[0];
  return new TripodErrors(errors, `${errors.length} failures; nothing that needs them was started`);
}
