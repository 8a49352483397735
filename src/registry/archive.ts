import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packFiles } from "../pack-files.ts";
import { blobPath } from "./blob.ts";
import type { PulledImage } from "./image.ts";

/**
 * Packs an image as an OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md), which `ctr images import`
 * takes. The same image gives the same bytes.
 * @param file where it is written; `FILE.layout` beside it exists meanwhile
 */
export async function archiveImage(
  { name, top, blobs }: PulledImage,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = `${file}.layout`;
  const written = new Map<string, string>([
    ["oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })],
    ["index.json", JSON.stringify(indexOf(name, top))],
  ]);
  try {
    await mkdir(join(folder, "blobs/sha256"), { recursive: true });
    for (const [path, text] of written) await writeFile(join(folder, path), text);
    const paths = [...new Set(blobs.map(({ digest }) => digest))].toSorted();
    for (const digest of paths) await link(blobPath({ digest }), join(folder, placeOf(digest)));
    await mkdir(dirname(file), { recursive: true });
    await packFiles(folder, [...written.keys(), ...paths.map(placeOf)], file, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function placeOf(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** containerd reads its own annotation, which has the complete name; others read that of OCI, which has only the tag. */
function indexOf(name: string, { mediaType, digest, size }: PulledImage["top"]): object {
  const annotations = {
    "io.containerd.image.name": name,
    "org.opencontainers.image.ref.name": name.replace(/^.*[:@](?=[^/]*$)/, ""),
  };
  return { schemaVersion: 2, manifests: [{ mediaType, digest, size, annotations }] };
}
