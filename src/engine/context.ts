import type { Host } from "../host.ts";
import type { Context, Mode, Situation } from "../phases/phase.ts";
import type { Tally } from "./site.ts";

/** What the steps of one run share. */
export function runContext(
  { cluster, existing }: Situation,
  hosts: readonly Host[],
  mode: Mode,
  signal: AbortSignal,
  total: Tally,
): Context {
  const values = new Map<string, Promise<unknown>>();
  const queues = new Map<string, Promise<unknown>>();
  return {
    cluster,
    existing,
    mode,
    hosts,
    masters: hosts.filter((host) => host.machine.role === "master"),
    signal,
    warn: () => undefined,
    changes: () => total.changed,
    once<T>(key: string, compute: () => Promise<T>) {
      const known = (values.get(key) as Promise<T> | undefined) ?? compute();
      values.set(key, known);
      // A failure is reported to current callers only; a later caller computes again, because the host may answer by then.
      known.catch(() => values.get(key) === known && values.delete(key));
      return known;
    },
    exclusive<T>(key: string, work: () => Promise<T>) {
      // Work that is still queued when the run is asked to stop does not begin.
      const begin = () => {
        signal.throwIfAborted();
        return work();
      };
      const turn = (queues.get(key) ?? Promise.resolve()).then(begin, begin);
      queues.set(key, turn);
      return turn;
    },
  };
}
