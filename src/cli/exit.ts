/** Ends a command with an exit code of its own when all has been said: one of ANSWERS, or what ended elsewhere. */
export class ExitWith extends Error {
  override readonly name = "ExitWith";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
