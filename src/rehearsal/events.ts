/** The settings of a rehearsal, so that it can be repeated. */
export interface RehearsalSetting {
  readonly cluster: string;
  /** Absolute paths: the inventory, and those that are applied on top of it, in their order. */
  readonly inventories: readonly [string, ...string[]];
  /** SHA-256 of their contents, in hexadecimal, in the same order. */
  readonly digests: readonly string[];
  /** The maximum number of machines. */
  readonly machines?: number;
  /** Names of the drill's scenarios; none: no drill. */
  readonly scenarios: readonly string[];
  /** As on the command line: `trixie`, `trixie=w1,w2`. */
  readonly release?: readonly string[];
  readonly binaries?: string;
  readonly pristine?: true;
  /** Absolute path of the bundle from which software is installed. */
  readonly bundle?: string;
}

/** One part of a rehearsal. */
export interface RehearsalPart {
  /** `prod.yaml is applied` */
  readonly title: string;
  readonly ms: number;
  readonly ok: boolean;
  /** Its result, in a sentence. */
  readonly said: string;
  /** Paths of the records of its walks and drills. */
  readonly records: readonly string[];
}

/** The course of a rehearsal; the details of each part are in the part's own records. All values are JSON. */
export type RehearsalEvent =
  | {
      readonly type: "rehearsal.start";
      /** ms since the epoch */
      readonly at: number;
      readonly setting: RehearsalSetting;
    }
  | ({ readonly type: "rehearsal.part"; readonly at: number } & RehearsalPart)
  | { readonly type: "rehearsal.end"; readonly at: number; readonly ok: boolean; readonly ms: number };
