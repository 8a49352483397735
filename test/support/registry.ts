import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { httpsServer } from "./https-server.ts";

export function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What a registry has: manifests by repository and tag or digest, content by digest. */
export interface Store {
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  readonly blobs: Map<string, Buffer>;
}

const OCI = "application/vnd.oci.image";

/**
 * Puts an image with one layer for each of these architectures into a store, under a list of manifests.
 * @param name `pause:3.10.2`
 * @returns the digest of the list
 */
export function publishImage(
  store: Store,
  name: string,
  architectures: readonly string[] = ["amd64", "arm64"],
): string {
  const [repository = "", tag = ""] = name.split(":");
  const put = (value: Buffer) => {
    store.blobs.set(digestOf(value), value);
    return { digest: digestOf(value), size: value.length };
  };
  const keep = (type: string, value: object, ...under: string[]) => {
    const bytes = Buffer.from(JSON.stringify(value));
    for (const version of [digestOf(bytes), ...under]) store.manifests.set(`${repository} ${version}`, { type, bytes });
    return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
  };
  const manifests = architectures.map((architecture) => {
    const config = put(Buffer.from(JSON.stringify({ os: "linux", architecture })));
    const layer = put(Buffer.from(`the files of ${name} for ${architecture}, which take a while to arrive`));
    const mediaType = `${OCI}.manifest.v1+json`;
    const manifest = {
      ...{ schemaVersion: 2, mediaType, config: { mediaType: `${OCI}.config.v1+json`, ...config } },
      layers: [{ mediaType: `${OCI}.layer.v1.tar+gzip`, ...layer }],
    };
    return { ...keep(mediaType, manifest), platform: { os: "linux", architecture } };
  });
  const mediaType = `${OCI}.index.v1+json`;
  return keep(mediaType, { schemaVersion: 2, mediaType, manifests }, tag).digest;
}

export function emptyStore(): Store {
  return { manifests: new Map(), blobs: new Map() };
}

/** A request that a test answers itself: true where it has. */
export type Before = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry on this machine that serves a store. @returns its origin, and the paths that it was asked for */
export async function registry(store: Store, before: Before = () => false): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const url = await httpsServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    if (before(path, request, response)) return;
    const [, repository = "", kind, version = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^?]+)/.exec(path) ?? [];
    const manifest = kind === "manifests" ? store.manifests.get(`${repository} ${version}`) : undefined;
    const bytes = manifest?.bytes ?? store.blobs.get(version);
    if (!bytes) return void response.writeHead(404).end();
    const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
    const type = manifest?.type ?? "application/octet-stream";
    response.writeHead(from > 0 ? 206 : 200, { "content-type": type, "content-length": bytes.length - from });
    response.end(bytes.subarray(from));
  });
  return { url, asked };
}
