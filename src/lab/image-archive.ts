import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { digest, discard } from "./cache.ts";
import { local } from "./local.ts";

/** The program of a container of this image. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  /** bytes */
  readonly size: number;
}

const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Reproducible: the same files yield the same bytes. */
const TAR = ["tar", "--create", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

/**
 * Packs a folder as a one-layer image: an OCI image layout (https://github.com/opencontainers/image-spec, image-layout.md) in a tar file.
 * @param name the full name by which containerd will know it: `registry/name:tag`
 */
export async function packImage(name: string, root: string, config: ImageConfig, file: string): Promise<void> {
  const layout = `${file}.layout`;
  const blobs = join(layout, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  const packed = join(layout, "layer.tar");
  await local([...TAR, `--directory=${root}`, `--file=${packed}`, "."]);
  const diffId = await digestOf(packed);
  // zstd unpacks several times faster than gzip, and five hosts unpack it at once; containerd supports it since 1.5.
  await local(["zstd", "-q", "-3", "-T0", "--rm", packed, "-o", `${packed}.zst`]);
  const layer = await keep(blobs, `${packed}.zst`, "application/vnd.oci.image.layer.v1.tar+zstd");
  const image = {
    architecture: ARCHITECTURE,
    os: "linux",
    config: { Env: [`PATH=${PATH}`], Entrypoint: config.entrypoint },
    rootfs: { type: "layers", diff_ids: [`sha256:${diffId}`] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: await keepJson(blobs, image, "application/vnd.oci.image.config.v1+json"),
    layers: [layer],
  };
  const descriptor = await keepJson(blobs, manifest, manifest.mediaType);
  const annotations = {
    "io.containerd.image.name": name,
    "org.opencontainers.image.ref.name": name.replace(/^.*:/, ""),
  };
  const index = { schemaVersion: 2, manifests: [{ ...descriptor, annotations }] };
  await writeFile(join(layout, "index.json"), JSON.stringify(index));
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await local([...TAR, `--directory=${layout}`, `--file=${file}`, "oci-layout", "index.json", "blobs"]);
  await discard(layout);
}

async function keepJson(blobs: string, value: unknown, mediaType: string): Promise<Blob> {
  const text = JSON.stringify(value);
  await writeFile(join(blobs, digest(text)), text);
  return { mediaType, digest: `sha256:${digest(text)}`, size: Buffer.byteLength(text) };
}

async function keep(blobs: string, file: string, mediaType: string): Promise<Blob> {
  const [sum, { size }] = [await digestOf(file), await stat(file)];
  await rename(file, join(blobs, sum));
  return { mediaType, digest: `sha256:${sum}`, size };
}

async function digestOf(file: string): Promise<string> {
  const sum = createHash("sha256");
  await pipeline(createReadStream(file), sum);
  return sum.digest("hex");
}
