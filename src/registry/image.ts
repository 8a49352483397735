import { readFile } from "node:fs/promises";
import { TripodError } from "../errors.ts";
import { type Access, fetchFailure } from "../https.ts";
import type { Architecture } from "../releases/artifact.ts";
import { fetchBlob, keepManifest } from "./blob.ts";
import {
  contentOf,
  type Descriptor,
  fetchManifest,
  isIndex,
  type Manifest,
  manifestFor,
  mustBeFor,
  WrongDigest,
} from "./manifest.ts";
import type { ImageReference } from "./reference.ts";
import { placesOf, type Repository } from "./repository.ts";

export interface Pulling extends Access {
  readonly architecture: Architecture;
  /** Mirrors of the image's registry, in the order in which they are tried. */
  readonly mirrors: readonly string[];
  /** The bytes of a layer that have arrived. */
  readonly progress: (digest: string, received: number, total: number) => void;
}

/** An image whose content is in the user's cache. */
export interface PulledImage {
  readonly name: string;
  /** What its name stands for: the manifest, or, where the name is a digest, perhaps a list of manifests. */
  readonly top: Descriptor;
  /** Everything that belongs to it, the manifests too. */
  readonly blobs: readonly Descriptor[];
}

/**
 * Fetches an image for one architecture over the registry's HTTP API (https://github.com/opencontainers/distribution-spec), from the first
 * place that has it. Every byte is verified by its digest; only what a tag stands for is the registry's word.
 * @throws TripodError E_REFUSED where content does not have its digest, E_LOCAL where no place has the image
 */
export async function pullImage(image: ImageReference, pulling: Pulling): Promise<PulledImage> {
  const attempts: string[] = [];
  for (const place of placesOf(image, pulling.mirrors)) {
    try {
      return await pulledFrom(place, image, pulling);
    } catch (cause) {
      pulling.signal.throwIfAborted();
      if (cause instanceof WrongDigest) throw refused(image, place, cause);
      attempts.push(`${new URL(place.url).origin}: ${fetchFailure(cause)}`);
    }
  }
  throw new TripodError("E_LOCAL", `cannot fetch the image ${image.name} for ${pulling.architecture}`, {
    why: attempts.join("\n"),
    hint: "run the same command again: what has arrived is kept; or name a mirror of its registry under `containerd.mirrors`",
  });
}

function refused({ name }: ImageReference, place: Repository, cause: WrongDigest): TripodError {
  return new TripodError("E_REFUSED", `the image ${name} does not match its digest`, {
    why: `${new URL(place.url).origin}: ${cause.message}`,
    hint: "do not use it: check the mirror under `containerd.mirrors`, or a proxy on the way",
    cause,
  });
}

async function pulledFrom(place: Repository, image: ImageReference, pulling: Pulling): Promise<PulledImage> {
  const { architecture, progress, ...access } = pulling;
  const first = await fetchManifest(place, image.version, access);
  const manifest = isIndex(first) ? await fetchManifest(place, manifestFor(first, architecture).digest, access) : first;
  const { config, layers } = contentOf(manifest);
  const fetch = (blob: Descriptor) =>
    fetchBlob(place, blob, { ...access, progress: (received, total) => progress(blob.digest, received, total) });
  mustBeFor(await readFile(await fetch(config)), architecture);
  for (const layer of layers) await fetch(layer);
  // A name with a digest stands for exactly what has it; containers refer to it by that.
  const named = image.version.startsWith("sha256:") ? first : manifest;
  const manifests = [...new Set<Manifest>([named, manifest])];
  for (const each of manifests) await keepManifest(each);
  return { name: image.name, top: named, blobs: [...manifests, config, ...layers] };
}
