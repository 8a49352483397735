import { TripodError } from "../errors.ts";

/** Why a machine cannot be used. */
export interface MachineFailure {
  /** The machine's name. */
  readonly machine: string;
  readonly error: TripodError;
}

/** As many names as an error lists. */
const LISTED = 10;

/** The errors of several machines. One of their bastion is listed once, and names the machines that are reached through it. */
export function sharedFailures(failures: readonly MachineFailure[]): TripodError[] {
  const causes = new Map<string, MachineFailure[]>();
  for (const failure of failures) {
    const { code, message, details } = failure.error;
    const own = details.host === failure.machine;
    const cause = JSON.stringify(own ? failure.machine : [code, message, details.host]);
    causes.set(cause, [...(causes.get(cause) ?? []), failure]);
  }
  return [...causes.values()].flatMap((alike) => alike.slice(0, 1).map((first) => named(first, alike)));
}

function named({ machine, error }: MachineFailure, alike: readonly MachineFailure[]): TripodError {
  const { code, message, details } = error;
  if (details.host === undefined || details.host === machine) return error;
  const names = alike.map((each) => each.machine);
  const more = names.length - LISTED;
  const listed = [...names.slice(0, LISTED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  const behind = `${listed} ${names.length === 1 ? "is" : "are"} reached through it`;
  return new TripodError(code, `${message}; ${behind}`, details);
}
