import type { Progress } from "./cache.ts";
import { locked } from "./lock.ts";

/** Does work on a lab that no other process works on. */
export function alone<T>(lab: string, { progress, signal }: Progress, work: () => Promise<T>): Promise<T> {
  return locked(`lab-${lab}`, () => progress(`another process works on the lab ${lab}, waiting for it`), signal, work);
}
