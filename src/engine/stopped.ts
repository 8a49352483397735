import { TripodError } from "../errors.ts";
import type { Running } from "./events.ts";

/** A step that a stopped run did not complete. */
export interface Unfinished {
  readonly phase: string;
  readonly host: string;
  /** It had started: its completed changes stay, the rest is still to do. */
  readonly begun: boolean;
}

/** Where a run was stopped: which changes were completed, which steps are partly done, which were not started. */
export function stopped(running: readonly Running[], unfinished: readonly Unfinished[], cause: unknown): TripodError {
  const finished = running.flatMap(({ host, resource }) => (resource ? [`${resource} on ${host}`] : []));
  const why = [
    ...(finished.length > 0 ? [`finished: ${finished.join(", ")}`] : []),
    ...listed("partly done", unfinished, true),
    ...listed("not started", unfinished, false),
  ];
  return new TripodError("E_INTERRUPTED", "stopped", {
    ...(why.length > 0 && { why: why.join("\n") }),
    hint: "run the same command again; it continues where it stopped",
    cause,
  });
}

/** `not started: nodes on m1, m2`, one line per phase. */
function listed(title: string, all: readonly Unfinished[], begun: boolean): string[] {
  const some = all.filter((step) => step.begun === begun);
  const phases = [...new Set(some.map(({ phase }) => phase))];
  return phases.map((phase) => {
    const hosts = some.filter((step) => step.phase === phase).map(({ host }) => host);
    return `${title}: ${phase} on ${hosts.join(", ")}`;
  });
}
