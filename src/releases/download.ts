import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TripodError } from "../errors.ts";
import { fileDigest } from "../file-digest.ts";
import { type Access, fetchFailure, httpsGet } from "../https.ts";
import { cacheFolder } from "../xdg.ts";
import { type Artifact, fileName } from "./artifact.ts";
import { forgetChecksum } from "./checksum.ts";

/** bytes; kubelet and containerd have 30 to 130 MB. */
const LARGEST = 2 ** 30;

/** How often in a row a transfer may bring nothing. */
const ATTEMPTS = 3;

export type Fetching = Access & { readonly progress: (received: number, total: number) => void };

const running = new Map<string, Promise<string>>();

/**
 * Fetches an artifact to the operator's machine, once for all hosts: for hosts that do not reach the source themselves. It is kept in the
 * user's cache under its digest, and moved there only when the digest is right.
 * @returns its absolute path
 * @throws TripodError E_LOCAL where it cannot be fetched, E_REFUSED where its digest differs from the published one
 */
export function downloaded(artifact: Artifact, sha256: string, access: Fetching): Promise<string> {
  const path = join(cacheFolder(), "releases", sha256, fileName(artifact));
  const already = running.get(path);
  if (already) return already;
  const work = keptOrFetched(artifact, sha256, path, access);
  running.set(path, work);
  void work.catch(() => running.delete(path));
  return work;
}

/** What is in the cache may be half of a file, after a power cut, or somebody else's. */
async function keptOrFetched(artifact: Artifact, sha256: string, path: string, access: Fetching): Promise<string> {
  if (existsSync(path) && (await fileDigest(path)) === sha256) return path;
  return fetched(artifact, sha256, path, access);
}

async function fetched(artifact: Artifact, sha256: string, path: string, access: Fetching): Promise<string> {
  const partial = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await fetchToFile(artifact.url, partial, access);
    await mustMatch(artifact, sha256, await fileDigest(partial));
    await rename(partial, path);
    return path;
  } catch (cause) {
    access.signal.throwIfAborted();
    if (cause instanceof TripodError) throw cause;
    throw new TripodError("E_LOCAL", `cannot fetch ${artifact.url}`, {
      why: fetchFailure(cause),
      hint: "run the same command again, or name another mirror under `software.mirrors`",
      cause,
    });
  } finally {
    await rm(partial, { force: true });
  }
}

/** A transfer that breaks continues where it broke, until several attempts in a row have brought nothing. @throws Error with the reason */
export async function fetchToFile(url: string, partial: string, access: Fetching): Promise<void> {
  let had = 0;
  for (let vain = 0; ;) {
    try {
      await fetchFrom(url, partial, had, access);
      return;
    } catch (error) {
      access.signal.throwIfAborted();
      const size = await stat(partial).then(
        (found) => found.size,
        () => 0,
      );
      vain = size > had ? 0 : vain + 1;
      had = size;
      if (vain === ATTEMPTS || size > LARGEST) throw error;
    }
  }
}

async function fetchFrom(url: string, partial: string, from: number, { progress, ...access }: Fetching): Promise<void> {
  const response = await httpsGet(url, { ...access, from });
  const continues = response.status === 206;
  let received = continues ? from : 0;
  const total = received + Number(response.headers.get("content-length") ?? 0);
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      received += chunk.length;
      progress(received, total);
      done(received > LARGEST ? new Error("it is larger than 1 GiB") : null, chunk);
    },
  });
  await pipeline(response.body ?? [], counted, createWriteStream(partial, { flags: continues ? "a" : "w" }), {
    signal: access.signal,
  });
}

async function mustMatch(artifact: Artifact, wanted: string, found: string): Promise<void> {
  if (wanted === found) return;
  await forgetChecksum(artifact);
  throw new TripodError("E_REFUSED", `${artifact.url} does not match its published checksum`, {
    why: `published: ${wanted}\nfetched:   ${found}`,
    hint: "do not use this file: check the mirror under `software.mirrors`, or a proxy on the way",
  });
}
