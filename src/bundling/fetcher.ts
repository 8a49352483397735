import pLimit from "p-limit";
import type { Cluster } from "../inventory/cluster.ts";
import { authoritiesOf } from "../phases/software.ts";
import { type PulledImage, pullImage } from "../registry/image.ts";
import { imageReference } from "../registry/reference.ts";
import { type Architecture, type Artifact, fileName } from "../releases/artifact.ts";
import { checksumOf } from "../releases/checksum.ts";
import { downloaded } from "../releases/download.ts";

/** Fetches what a bundle consists of to this machine's cache, a few at once, and shows the bytes. */
export interface Fetcher {
  readonly signal: AbortSignal;
  /** Certificates that are trusted too, PEM. */
  readonly ca: string | undefined;
  /** A release that matches its published checksum. */
  release(artifact: Artifact): Promise<{ readonly path: string; readonly sha256: string }>;
  image(name: string, architecture: Architecture): Promise<PulledImage>;
}

/** How many transfers at once: more would not be faster, and registries limit clients. */
const AT_ONCE = 4;

export async function fetcherFor(
  cluster: Cluster,
  signal: AbortSignal,
  progress: (text: string) => void,
): Promise<Fetcher> {
  const ca = await authoritiesOf(cluster);
  const limit = pLimit(AT_ONCE);
  const { mirrors } = cluster.containerd;
  const access = { signal, ca };
  return {
    ...access,
    release: (artifact) =>
      limit(async () => {
        signal.throwIfAborted();
        const sha256 = await checksumOf(artifact, access);
        const path = await downloaded(artifact, sha256, {
          ...access,
          progress: quarters(fileName(artifact), progress),
        });
        return { path, sha256 };
      }),
    image: (name, architecture) =>
      limit(() => {
        signal.throwIfAborted();
        const reference = imageReference(name);
        const layers = new Map<string, (received: number, total: number) => void>();
        const meter = (digest: string) => {
          const known = layers.get(digest) ?? quarters(`${reference.name}, layer ${digest.slice(7, 15)}`, progress);
          layers.set(digest, known);
          return known;
        };
        return pullImage(reference, {
          ...access,
          architecture,
          mirrors: mirrors[reference.registry] ?? [],
          progress: (digest, received, total) => meter(digest)(received, total),
        });
      }),
  };
}

/** bytes; less than this arrives before anybody has read a line. */
const WORTH_A_LINE = 5_000_000;

/** A line whenever another quarter has arrived: a log shows it too. */
function quarters(what: string, progress: (text: string) => void): (received: number, total: number) => void {
  let shown = 0;
  return (received, total) => {
    const quarter = Math.floor((4 * received) / Math.max(total, 1));
    if (total < WORTH_A_LINE || quarter <= shown) return;
    shown = quarter;
    progress(`fetching ${what}: ${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
  };
}
