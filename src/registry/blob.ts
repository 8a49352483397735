import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileDigest } from "../file-digest.ts";
import { fetchToFile, type Fetching } from "../releases/download.ts";
import { cacheFolder } from "../xdg.ts";
import { type Descriptor, type Manifest, WrongDigest } from "./manifest.ts";
import { authorized, type Repository } from "./repository.ts";

const running = new Map<string, Promise<string>>();

/** The path of content in the user's cache, whether or not it is there. */
export function blobPath({ digest }: Pick<Descriptor, "digest">): string {
  return join(cacheFolder(), "blobs", digest.replace(":", "/"));
}

/**
 * Fetches a layer or a configuration, once for all images that have it. It is kept in the user's cache by its digest, and moved there only
 * when the digest is right. A transfer that breaks continues where it broke.
 * @returns its absolute path
 * @throws WrongDigest; Error with the reason
 */
export function fetchBlob(place: Repository, blob: Descriptor, access: Fetching): Promise<string> {
  const path = blobPath(blob);
  const already = running.get(path);
  if (already) return already;
  const work = fetched(place, blob, path, access).finally(() => running.delete(path));
  running.set(path, work);
  return work;
}

async function fetched(place: Repository, blob: Descriptor, path: string, access: Fetching): Promise<string> {
  // After a power cut it may be half of a file.
  if (existsSync(path) && `sha256:${await fileDigest(path)}` === blob.digest) return path;
  const partial = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const { progress } = access;
    await authorized(place, `blobs/${blob.digest}`, access, (url, way) =>
      fetchToFile(url, partial, { ...way, progress }),
    );
    const found = `sha256:${await fileDigest(partial)}`;
    if (found !== blob.digest) throw new WrongDigest(`content ${blob.digest}`, found);
    await rename(partial, path);
    return path;
  } finally {
    await rm(partial, { force: true });
  }
}

/** Keeps a manifest beside the content that it names. Two images may have the same, at the same time. */
export async function keepManifest(manifest: Manifest): Promise<void> {
  const path = blobPath(manifest);
  const partial = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(partial, manifest.bytes);
  await rename(partial, path);
}
