import { hanging, printable } from "./printable.ts";

/** A place in the inventory. Lines and columns count from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a command ends with that has not failed, and has said what it found. 1 is none of them: Node ends with it where it breaks down. */
export const ANSWERS = {
  done: { exit: 0, means: "done; nothing is wrong" },
  changes: { exit: 2, means: "`plan --detailed-exitcode`: there are changes" },
  unhealthy: { exit: 31, means: "`status`: the cluster is unhealthy; every problem was printed" },
} as const;

/** Every kind of failure, its exit code, and what it means, on one screen. */
export const ERRORS = {
  E_INTERNAL: { exit: 1, means: "a bug in Tripod" },
  E_USAGE: { exit: 3, means: "a wrong option or argument" },
  E_INVENTORY: { exit: 4, means: "the inventory has mistakes; nothing was contacted" },
  E_LOCAL: { exit: 5, means: "something on the operator's machine is missing or cannot be read or written" },
  E_UNREACHABLE: { exit: 10, means: "a host did not answer" },
  E_HOST_KEY: { exit: 11, means: "a host key is unknown or has changed" },
  E_AUTH: { exit: 12, means: "a host refused the login" },
  E_SUDO: { exit: 13, means: "the login to a host works, but sudo does not give root" },
  E_CONNECTION_LOST: { exit: 14, means: "a connection broke; the outcome of the command is unknown" },
  E_PREFLIGHT: { exit: 20, means: "a host does not meet the requirements" },
  E_COMMAND: { exit: 21, means: "a command failed on a host" },
  E_DEADLINE: { exit: 22, means: "a condition was not met in time" },
  E_NOT_CONVERGED: { exit: 23, means: "something still differs after it was applied or restored" },
  E_REFUSED: { exit: 24, means: "refused, because to continue could destroy something" },
  E_LOCKED: { exit: 25, means: "somebody else is working on this cluster" },
  E_LIMIT: { exit: 30, means: "a drill measured more than its limit" },
  E_LAB: { exit: 40, means: "the lab could not be created, or does not exist" },
  E_INTERRUPTED: { exit: 130, means: "stopped by Ctrl-C or SIGTERM, or a question was answered with no" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Every exit code once, in their order: what `tripod exit-codes` and docs/errors.md show. Answers have no error's code. */
export const EXIT_CODES: readonly { readonly exit: number; readonly code: string; readonly means: string }[] = [
  ...Object.values(ANSWERS).map((answer) => ({ ...answer, code: "" })),
  ...Object.entries(ERRORS).map(([code, kind]) => ({ ...kind, code })),
].sort((one, other) => one.exit - other.exit);

export interface ErrorDetails {
  readonly host?: string;
  /** The inventory line that names what failed. */
  readonly origin?: Origin;
  /** The last lines that the program printed, the command in a form that can be pasted, secrets masked. */
  readonly why?: string;
  /** What to do next, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The only error Tripod throws on purpose: what failed, where, why, and what to do next. */
export class TripodError extends Error {
  override readonly name = "TripodError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }

  /** Several printable lines for a person: `host: message`, the inventory line, the reason indented, and the next step. */
  explain(): string {
    const { host, origin, why, hint } = this.details;
    const lines = [hanging(`${host ? `${host}: ` : ""}${this.message} (${this.code})`)];
    if (origin) lines.push(`  at ${printable(origin.file)}:${origin.line}:${origin.column}`);
    if (why) lines.push(...lastLines(why).map((line) => `  | ${line}`));
    if (hint) lines.push(`  → ${hanging(hint, "    ")}`);
    return lines.join("\n");
  }
}

/** As many as a person reads: the last lines that a program printed give its reason for failing. */
function lastLines(text: string, most = 200): string[] {
  const lines = hanging(text, "").split("\n");
  return lines.length <= most ? lines : [`… (${lines.length - most} more lines)`, ...lines.slice(-most)];
}

/** Several failures at once (all hosts of a preflight, all problems of an inventory); exits with the first one's code. */
export class TripodErrors extends AggregateError {
  override readonly name = "TripodErrors";
  declare readonly errors: TripodError[];

  get exitCode(): number {
    return this.errors[0]?.exitCode ?? ERRORS.E_INTERNAL.exit;
  }

  explain(): string {
    return [...this.errors.map((error) => error.explain()), hanging(this.message)].join("\n");
  }
}

/** A host is away: its connection broke, or it no longer answers. Reading it again later is safe. */
export function isAway(error: unknown): error is TripodError {
  return error instanceof TripodError && (error.code === "E_CONNECTION_LOST" || error.code === "E_UNREACHABLE");
}
