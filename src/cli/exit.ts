/** Ends a command that has printed its result with an exit code other than 0: one of ANSWERS, or that of a command on a host. */
export class ExitWith extends Error {
  override readonly name = "ExitWith";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
