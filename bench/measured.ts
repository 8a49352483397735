/** How long work took: this process's own CPU time beside that on the wall, for something else may keep the machine busy. */
interface Measured {
  /** ms */
  readonly cpu: number;
  /** ms */
  readonly wall: number;
}

export async function measured(work: () => unknown): Promise<Measured> {
  const [before, startedAt] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, wall: performance.now() - startedAt };
}

/** Prints what was measured beside what is allowed; where that is broken, the process ends with 1. */
export function limit(what: string, is: number, most: number, unit: string): void {
  const broken = is > most;
  console.log(`${broken ? "✖" : "✔"} ${what}: ${is.toFixed(2)} ${unit}, allowed are ${most} ${unit}`);
  if (broken) process.exitCode = 1;
}
