import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startProgram } from "../process.ts";
import { cacheFolder } from "./folders.ts";

/**
 * Runs work that only one process of this machine may do at a time. The signal's abort ends the wait for the lock.
 * @param busy called if another process holds the lock, before the wait
 */
export async function locked<T>(
  name: string,
  busy: () => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const folder = join(cacheFolder(), "locks");
  await mkdir(folder, { recursive: true });
  return lockedFile(join(folder, name), busy, signal, work);
}

/** The same with any file or folder as the lock. */
export async function lockedFile<T>(
  file: string,
  busy: () => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const attempt = await hold(file, ["--nonblock"], signal);
  if (!attempt) busy();
  const release = attempt ?? (await hold(file, [], signal));
  try {
    signal?.throwIfAborted();
    return await work();
  } finally {
    await release?.();
  }
}

/** flock holds the lock while its standard input is open: it is released whenever this process ends, even by a SIGKILL. */
async function hold(
  file: string,
  flags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(() => Promise<void>) | undefined> {
  signal?.throwIfAborted();
  const holder = startProgram(["flock", ...flags, file, "sh", "-c", "echo; exec cat"]);
  const ended = holder.ended.then(() => false);
  // An abort ends the wait, but does not release a held lock: the work still has to clean up.
  const giveUp = (): void => holder.kill("SIGTERM");
  signal?.addEventListener("abort", giveUp);
  const got = await Promise.race([once(holder.stdout, "data").then(() => true), ended]);
  signal?.removeEventListener("abort", giveUp);
  if (!got) return undefined;
  return async () => {
    holder.stdin.end();
    await ended;
  };
}
