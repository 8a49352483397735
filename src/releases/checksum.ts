import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TripodError } from "../errors.ts";
import { type Access, fetchFailure, fetchSmall } from "../https.ts";
import { cacheFolder } from "../xdg.ts";
import { type Artifact, fileName } from "./artifact.ts";

/**
 * The digest that a project publishes for an artifact: 64 hex digits. It is fetched to the operator's machine, over TLS, and kept in the
 * user's cache: a released file never changes.
 * @throws TripodError E_LOCAL where it cannot be fetched, or does not name the file
 */
export async function checksumOf(artifact: Artifact, access: Access): Promise<string> {
  const kept = keptAt(artifact);
  const known = await readFile(kept, "utf8").catch(() => "");
  if (DIGEST.test(known)) return known;
  const found = parseChecksums(await fetchText(artifact, access), fileName(artifact));
  if (found === undefined)
    throw new TripodError("E_LOCAL", `${artifact.checksums} has no checksum of ${fileName(artifact)}`, {
      hint: "check the version under `software.versions`, and that the mirror has the layout of the official releases",
    });
  // Without room in the cache it is fetched again by the next run.
  await keep(kept, found).catch(() => undefined);
  return found;
}

async function keep(path: string, digest: string): Promise<void> {
  const partial = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(partial, digest);
  await rename(partial, path);
}

/** Forgets the digest of an artifact that does not match it: if the source published a wrong one, the next run fetches the right one. */
export function forgetChecksum(artifact: Artifact): Promise<void> {
  return rm(keptAt(artifact), { force: true });
}

function keptAt({ url }: Artifact): string {
  return join(cacheFolder(), "checksums", encodeURIComponent(url));
}

const DIGEST = /^[0-9a-f]{64}$/;

/** @returns the digest of a file in a checksum file: its line, or the only content. @internal exported for its test */
export function parseChecksums(text: string, file: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const named = lines.find(([digest = "", name = ""]) => DIGEST.test(digest) && name.replace(/^[*]/, "") === file);
  const [only = [], ...others] = lines.filter(([first]) => first !== "");
  const digest = named?.[0] ?? (others.length === 0 && only.length === 1 ? only[0] : undefined);
  return digest !== undefined && DIGEST.test(digest) ? digest : undefined;
}

async function fetchText({ checksums }: Artifact, access: Access): Promise<string> {
  try {
    return (await fetchSmall(checksums, access)).toString();
  } catch (cause) {
    access.signal.throwIfAborted();
    throw new TripodError("E_LOCAL", `cannot fetch ${checksums}`, {
      why: fetchFailure(cause),
      hint: "check this machine's way to the internet, or name a mirror under `software.mirrors`, or put the programs into the folder of `software.binaries`",
      cause,
    });
  }
}
