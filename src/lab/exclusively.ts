import type { Progress } from "./cache.ts";
import { locked } from "./file-lock.ts";

/** Runs work on a lab while no other process works on it. */
export function exclusively<T>(lab: string, { progress, signal }: Progress, work: () => Promise<T>): Promise<T> {
  return locked(`lab-${lab}`, () => progress(`waiting for another process that works on the lab ${lab}`), signal, work);
}
