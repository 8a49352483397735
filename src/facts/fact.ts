/** When a fact was asked for, by the operator's clock, ms since the epoch. */
interface Asked {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Something of a host that cannot change during a run. All facts of a host are read by one command when it is reached. */
export interface Fact<T> {
  readonly name: string;
  /** A POSIX shell snippet that only reads. */
  readonly command: string;
  /** Turns its stdout into the value; throws an Error with a sentence where it cannot. */
  parse(stdout: string, asked: Asked): T;
}

export function defineFact<T>(fact: Fact<T>): Fact<T> {
  return fact;
}
