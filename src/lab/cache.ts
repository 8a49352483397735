import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./folders.ts";
import { local } from "./local.ts";
import { locked } from "./lock.ts";

/** How a long piece of work speaks and is stopped. */
export interface Progress {
  readonly progress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A folder in the cache, made when it is not there. Its name holds a digest of what it is made of, so that it is never stale. It is built
 * beside its place and renamed: what is there is whole, and two processes do not build it twice.
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
    () => progress(`another process is making ${name}, waiting for it`),
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

/** Where such a thing is, or would be. */
export function cachePlace(name: string, madeOf: unknown): string {
  return join(cacheFolder(), `${name}-${digest(JSON.stringify(madeOf)).slice(0, 12)}`);
}

export function digest(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Never across a mount: a half-built root file system may have the machine's own /dev or /sys mounted in it. */
export async function discard(folder: string): Promise<void> {
  await local(["rm", "-rf", "--one-file-system", folder]);
}
