import type { CommandObserver } from "./connection.ts";

/**
 * Runs a command and reports its start and end to the observer; the code is undefined if it threw. An undefined result means that it
 * was never started: nothing is reported.
 */
export async function observe<T extends { readonly code: number } | undefined>(
  observer: CommandObserver | undefined,
  host: string,
  script: string,
  run: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  const told = (code: number | undefined) => observer?.({ host, script, startedAt, endedAt: Date.now(), code });
  try {
    const result = await run();
    if (result) told(result.code);
    return result;
  } catch (error) {
    told(undefined);
    throw error;
  }
}
