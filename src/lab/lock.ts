import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "zx";
import { cacheFolder } from "./folders.ts";
import { kill } from "./kill.ts";

/**
 * Does work that only one process of this machine may do at a time.
 * The signal's abort ends the wait for it.
 * @param busy called when another process has the lock, before it is waited for
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

/** The same, by a file or folder of one's choice. */
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

/** flock keeps the lock while its standard input is open: it gives it back by itself when this process dies, however it dies. */
async function hold(
  file: string,
  flags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(() => Promise<void>) | undefined> {
  signal?.throwIfAborted();
  const holder = $({ quiet: true, nothrow: true, detached: true })`exec flock ${flags} ${file} sh -c 'echo; exec cat'`;
  const ended = holder.then(() => false);
  // An abort ends the wait, but never takes away a lock that is held: there is still something to be cleaned up.
  const giveUp = (): void => {
    if (holder.pid) kill(-holder.pid, "SIGTERM");
  };
  signal?.addEventListener("abort", giveUp);
  const got = await Promise.race([once(holder.stdout, "data").then(() => true), ended]);
  signal?.removeEventListener("abort", giveUp);
  if (!got) return undefined;
  return async () => {
    holder.stdin.end();
    await ended;
  };
}
