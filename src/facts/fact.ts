/** When a fact was read, by the operator's clock, ms since the epoch. */
interface Asked {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** A property of a host that cannot change during a run. All facts of a host are read by one command after it is connected. */
export interface Fact<T> {
  readonly name: string;
  /** A POSIX shell snippet that only reads. */
  readonly command: string;
  /** Turns its stdout into the value; throws an Error with a sentence where it cannot be parsed. */
  parse(stdout: string, asked: Asked): T;
}

export function defineFact<T>(fact: Fact<T>): Fact<T> {
  return fact;
}
