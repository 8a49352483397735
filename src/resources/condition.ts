/** Something that comes true by itself. Every wait in Tripod is one of these. */
export interface Condition {
  readonly title: string;
  /** Deadline, ms. */
  readonly within: number;
  /** `true`, or a sentence that says what is still missing. Asked again and again until the deadline. */
  holds(signal: AbortSignal): Promise<true | string>;
  /** What to do next, as a sentence, where more is known than that one can try again. Asked once the deadline has passed. */
  hint?(): string;
}
