import type { Resource } from "../../../src/resources/resource.ts";
import type { ThrowAwayMachine } from "../../support/machine.ts";

/** What the contract of resources is tried with: a machine that is not as it should be, and resources that put it right. */
export interface ResourceCase {
  /** The constructor's exported name. */
  readonly of: string;
  readonly title: string;
  readonly prepare?: (machine: ThrowAwayMachine) => void;
  /** One, or several of a kind that are put right by one command; new ones each time, as each run of Tripod makes them. */
  readonly make: (machine: ThrowAwayMachine) => readonly Resource[];
  /** What nobody may see, once all is applied. */
  readonly secrets?: (machine: ThrowAwayMachine) => readonly string[];
  /** Paths of files that are others every time: keys, logs. */
  readonly everNew?: RegExp;
}
