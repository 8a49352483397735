/** How a rehearsal was asked for, so that it can be repeated. */
export interface RehearsalSetting {
  readonly cluster: string;
  /** Absolute paths: the inventory, and those that are applied on top of it, in their order. */
  readonly inventories: readonly [string, ...string[]];
  /** What they were, SHA-256 in hexadecimal, in the same order. */
  readonly digests: readonly string[];
  /** How many machines there were to be at most. */
  readonly machines?: number;
  /** Names of the scenarios that were to be played; none: no drill. */
  readonly scenarios: readonly string[];
  /** As on the command line: `trixie`, `trixie=w1,w2`. */
  readonly release?: readonly string[];
  readonly binaries?: string;
  readonly pristine?: true;
}

/** One act of a rehearsal. */
export interface RehearsalPart {
  /** `prod.yaml is applied` */
  readonly title: string;
  readonly ms: number;
  readonly ok: boolean;
  /** What came of it, in a sentence. */
  readonly said: string;
  /** Paths of the records that it left: of a walk, of a drill. */
  readonly records: readonly string[];
}

/** What a rehearsal consists of; what happened in its parts is in the parts' own records. All values are JSON. */
export type RehearsalEvent =
  | {
      readonly type: "rehearsal.start";
      /** ms since the epoch */
      readonly at: number;
      readonly setting: RehearsalSetting;
    }
  | ({ readonly type: "rehearsal.part"; readonly at: number } & RehearsalPart)
  | { readonly type: "rehearsal.end"; readonly at: number; readonly ok: boolean; readonly ms: number };
