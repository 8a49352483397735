import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./folders.ts";
import { local } from "./local.ts";
import { locked } from "./file-lock.ts";

/** How a long operation reports its progress and is stopped. */
export interface Progress {
  readonly progress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A folder in the cache, created if it is missing. Its name contains a digest of its inputs, so that it is never stale. It is built in a
 * temporary folder and renamed, so that it is always complete; a lock keeps two processes from building it at once.
 * @returns the folder's absolute path
 */
export async function cached(
  name: string,
  madeOf: unknown,
  { progress, signal }: Progress,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = cachePlace(name, madeOf);
  if (existsSync(folder)) return folder;
  await locked(
    `${name}.lock`,
    () => progress(`waiting for another process that creates ${name}`),
    signal,
    async () => {
      if (existsSync(folder)) return;
      const partial = `${folder}.partial`;
      await discard(partial);
      await mkdir(partial, { recursive: true });
      try {
        await build(partial);
        await rename(partial, folder);
      } finally {
        await discard(partial);
      }
    },
  );
  return folder;
}

/** The path of a cached folder, whether or not it exists. */
export function cachePlace(name: string, madeOf: unknown): string {
  return join(cacheFolder(), `${name}-${digest(JSON.stringify(madeOf)).slice(0, 12)}`);
}

export function digest(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Removes a folder, but never across a mount: a partly built root file system may have this machine's /dev or /sys mounted in it. */
export async function discard(folder: string): Promise<void> {
  await local(["rm", "-rf", "--one-file-system", folder]);
}
