import { createHash } from "node:crypto";
import { z } from "zod";
import { type Access, httpsGet, readWhole } from "../https.ts";
import { authorized, type Repository } from "./repository.ts";

/** MiB; registries accept 4. */
const LARGEST = 4;

const INDEX = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
] as const;
const MANIFEST = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not a sha256 digest");
const descriptor = z.object({ mediaType: z.string(), digest, size: z.number().int().nonnegative() });
const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

const typed = z.object({ mediaType: z.string().optional() });
const index = z.object({ manifests: z.array(descriptor.extend({ platform: platform.optional() })) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });

/** Content by its digest. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** bytes */
  readonly size: number;
}

/** A manifest, with its bytes: only these have its digest. */
export interface Manifest extends Descriptor {
  readonly bytes: Buffer;
}

/**
 * A manifest or a list of manifests by its tag or digest, as OCI's distribution specification and Docker's registry name them.
 * @throws Error with the reason: not there, too large, another content than the digest
 */
export async function fetchManifest(place: Repository, version: string, access: Access): Promise<Manifest> {
  const accept = [...INDEX, ...MANIFEST].join(", ");
  const response = await authorized(place, `manifests/${version}`, { ...access, accept }, httpsGet);
  const bytes = await readWhole(response.body, LARGEST);
  const sha256 = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (version.startsWith("sha256:") && version !== sha256) throw new WrongDigest(`manifest ${version}`, sha256);
  const { mediaType } = parsed(typed, bytes);
  const type = mediaType ?? response.headers.get("content-type")?.replace(/;.*/s, "").trim() ?? "";
  return { mediaType: type, digest: sha256, size: bytes.length, bytes };
}

/** Content that a registry serves under a digest that it does not have. */
export class WrongDigest extends Error {
  override readonly name = "WrongDigest";

  constructor(what: string, found: string) {
    super(`the ${what} has the digest ${found}`);
  }
}

export function isIndex({ mediaType }: Manifest): boolean {
  return (INDEX as readonly string[]).includes(mediaType);
}

/** The manifest of an index for Linux on this architecture. @throws Error with those that it has */
export function manifestFor(list: Manifest, architecture: string): Descriptor {
  const { manifests } = parsed(index, list.bytes);
  const found = manifests.find(({ platform: of }) => of?.os === "linux" && of.architecture === architecture);
  if (found) return found;
  const others = manifests.flatMap(({ platform: of }) => (of ? [`${of.os}/${of.architecture}`] : []));
  throw new Error(`it has no image for linux/${architecture}, only for ${[...new Set(others)].join(", ") || "others"}`);
}

/** The configuration and the layers of an image. @throws Error where it is neither OCI's nor Docker's version 2 */
export function contentOf({ mediaType, bytes }: Manifest): {
  readonly config: Descriptor;
  readonly layers: Descriptor[];
} {
  if (!(MANIFEST as readonly string[]).includes(mediaType)) throw new Error(`its manifest has the type ${mediaType}`);
  return parsed(manifest, bytes);
}

/** @throws Error where an image's configuration is for another architecture: an image without a list has one */
export function mustBeFor(config: Buffer, architecture: string): void {
  const found = parsed(platform, config);
  if (found.architecture !== architecture) throw new Error(`it is for ${found.os}/${found.architecture} only`);
}

/** What a registry sends is input. */
function parsed<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  const { data, error } = schema.safeParse(jsonOf(bytes));
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new Error(
    `the registry's answer cannot be used: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  );
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new Error("the registry answers with something else than JSON");
  }
}
