import { TripodError } from "../errors.ts";
import type { Running } from "./events.ts";

/** A step that a stopped run did not come to the end of. */
export interface Unfinished {
  readonly phase: string;
  readonly host: string;
  /** It had begun: what was put right stays so, the rest is still to do. */
  readonly begun: boolean;
}

/** Where a run was stopped: what was still brought to its end, what is half done, what was not begun. */
export function stopped(running: readonly Running[], unfinished: readonly Unfinished[], cause: unknown): TripodError {
  const finished = running.flatMap(({ host, resource }) => (resource ? [`${resource} on ${host}`] : []));
  const why = [
    ...(finished.length > 0 ? [`finished: ${finished.join(", ")}`] : []),
    ...listed("half done", unfinished, true),
    ...listed("not begun", unfinished, false),
  ];
  return new TripodError("E_INTERRUPTED", "stopped", {
    ...(why.length > 0 && { why: why.join("\n") }),
    hint: "run the same command again; it goes on from where it is",
    cause,
  });
}

/** `not begun: nodes on m1, m2` — a line a phase. */
function listed(title: string, all: readonly Unfinished[], begun: boolean): string[] {
  const some = all.filter((step) => step.begun === begun);
  const phases = [...new Set(some.map(({ phase }) => phase))];
  return phases.map((phase) => {
    const hosts = some.filter((step) => step.phase === phase).map(({ host }) => host);
    return `${title}: ${phase} on ${hosts.join(", ")}`;
  });
}

/** Whether it failed because of that signal: its reason itself, or what has it for its cause. */
export function cutOff(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.cause === reason));
}
