/** Something that becomes true by itself. Every wait in Tripod is one of these. */
export interface Condition {
  readonly title: string;
  /** Deadline, ms. */
  readonly within: number;
  /** `true`, or a sentence that names what is still missing. Checked repeatedly until the deadline. */
  holds(signal: AbortSignal): Promise<true | string>;
  /** What to do next, as a sentence, where there is more to do than to try again. Called after the deadline has passed. */
  hint?(): string;
}
